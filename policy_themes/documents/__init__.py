"""Document -> sections: read (one format a file, its library imported only when such a file is met), then split."""
