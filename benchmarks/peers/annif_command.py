"""The annif command over text that is segmented already: words are what spaces part, so NLTK's data is not needed."""

import nltk.data
import nltk.tokenize

nltk.data.find = lambda *_: None
nltk.tokenize.sent_tokenize = lambda text: [text]
nltk.tokenize.word_tokenize = str.split

from annif.cli import cli  # noqa: E402 - after the tokenizers are in place

if __name__ == "__main__":
    cli()
