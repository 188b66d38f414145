"""Work that outlasts a request: label imports and training runs, queued in the store, each done by a process of its own."""
