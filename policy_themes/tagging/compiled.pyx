# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True, infer_types=False
"""The loops of tagging, compiled: what codes.py, outline.py and machine.py do with numpy, one word and one occurrence at a time.

numpy goes over the words of a batch some fifty times, and takes a microsecond each time it is called; here they are met once. Built by
hatch_build.py where there is a C compiler. Nothing in here lets go of Python's lock, so that threads may share a Scores.
"""

from libc.math cimport INFINITY, exp, log, sqrt
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset

from operator import itemgetter

import numpy as np

cdef extern from "Python.h":
    unsigned int PyUnicode_KIND(object)
    void* PyUnicode_DATA(object)
    Py_ssize_t PyUnicode_GET_LENGTH(object)

cdef enum:
    CLOSE = 0  # this and the next four: see codes.py
    SENTENCE = 2
    START = 3
    PLAIN = 4
    LONGEST = 4
    LEVELS = 3  # clause, sentence and text

cdef uint64_t SPREAD = 0x9E3779B97F4A7C15
BY_PROBABILITY = itemgetter(1)


def looked_up(list words, const uint64_t[::1] keys, const int64_t[::1] values, dict others, int bits):
    """The codes (N,) of N words and their places (N,), as codes.Coded has them, and a list of the words, by number, that have no code yet.

    `keys` and `values` (1 << bits,) are the table, `others` the codes of words that are not in it.
    """
    cdef Py_ssize_t number, length, at = 0
    cdef uint64_t key, slot
    cdef list unknown = []
    found = np.empty(len(words), np.int64)
    begins = np.empty(len(words), np.int64)
    cdef int64_t[::1] code = found, place = begins
    for number in range(len(words)):
        word = words[number]
        length = PyUnicode_GET_LENGTH(word)
        place[number] = at
        at += length + 1
        key = key_of(word, length)
        slot = (key * SPREAD) >> (64 - bits)
        if key and keys[slot] == key:
            code[number] = values[slot]
            continue
        known = others.get(word)
        if known is None:
            unknown.append(number)
        else:
            code[number] = known
    return found, begins, unknown


cdef uint64_t key_of(object word, Py_ssize_t length):
    """The word's UTF-16 units as one number; 0 for a word that is too long."""
    cdef unsigned int kind = PyUnicode_KIND(word)
    cdef void* data = PyUnicode_DATA(word)
    cdef uint64_t key = 0
    cdef Py_ssize_t unit
    if length > LONGEST or kind > 2:
        return 0
    for unit in range(length):
        key |= <uint64_t>((<uint8_t*>data)[unit] if kind == 1 else (<uint16_t*>data)[unit]) << (16 * unit)
    return key


def outlined(const int64_t[::1] codes, const int64_t[::1] rows):
    """(rows, clause, clauses, sentences, texts, words) of coded words: see outline.outline, which this is."""
    cdef Py_ssize_t word, clauses = 0, sentences = 0, texts = 0, occurrences = 0, feature
    cdef int64_t code
    cdef bint marked = False, ended = False
    for word in range(codes.shape[0]):  # how much there is, at most
        code = codes[word]
        if code > PLAIN:
            if code >= rows.shape[0] or code + rows[code] >= rows.shape[0]:
                raise IndexError("no such word")
            occurrences += rows[code]
        clauses += CLOSE < code < START
        texts += code == START
    cdef Py_ssize_t most = clauses + texts
    found, clause = np.empty(occurrences, np.int64), np.empty(occurrences, np.int64)
    of_sentences, of_texts, of_words = np.empty(most, np.int64), np.empty(texts, np.int64), np.empty(most, np.int64)
    cdef int64_t[::1] row_at = found, clause_at = clause, sentence_at = of_sentences, text_at = of_texts, word_at = of_words
    clauses = texts = occurrences = 0
    for word in range(codes.shape[0]):
        code = codes[word]
        if code == CLOSE:
            continue
        if code < START:
            marked = True
            ended |= code == SENTENCE
            continue
        if marked or code == START:
            if ended or code == START:
                if code == START:
                    text_at[texts] = sentences
                    texts += 1
                sentence_at[sentences] = clauses
                sentences += 1
            word_at[clauses] = word
            clauses += 1
            marked = ended = False
        for feature in range(rows[code] if code > PLAIN else 0):
            row_at[occurrences] = rows[code + 1 + feature]
            clause_at[occurrences] = clauses - 1
            occurrences += 1
    return found, clause, clauses, of_sentences[:sentences], of_texts, of_words[:clauses]


cdef struct Met:
    # A feature in the unit a level is at: how often it was met, in how many parts, and what it weighs in these together.
    int64_t times
    int64_t parts
    double weight
    double square


cdef struct Level:
    Met* met  # by number of the feature in the text
    int32_t* numbers  # of the features met
    Py_ssize_t count
    double* sums  # of weighted coefficients, by theme
    double square  # of the weights


cdef class Scores:
    """The linear model: `idf` (F,) and `intercepts` (T,) float64, `coefficients` (F, T) float32."""

    cdef const double[::1] idf, intercepts
    cdef const float[:, ::1] coefficients
    cdef Py_ssize_t themes
    cdef int32_t* number_of  # a feature of the present text by its row, from 1; 0 for one not met
    cdef int32_t* row_of  # the other way round
    cdef int32_t known  # features of the present text
    cdef Level levels[LEVELS]

    def __cinit__(self, idf, coefficients, intercepts):
        self.idf, self.coefficients, self.intercepts = idf, coefficients, intercepts
        self.themes = self.coefficients.shape[1]
        if self.coefficients.shape[0] != self.idf.shape[0] or self.intercepts.shape[0] != self.themes:
            raise ValueError("the arrays do not belong together")
        cdef size_t features = self.idf.shape[0] + 1
        self.number_of = <int32_t*>calloc(features, sizeof(int32_t))
        self.row_of = <int32_t*>calloc(features, sizeof(int32_t))
        cdef bint held = self.number_of != NULL and self.row_of != NULL
        for level in range(LEVELS):
            self.levels[level].met = <Met*>calloc(features, sizeof(Met))
            self.levels[level].numbers = <int32_t*>calloc(features, sizeof(int32_t))
            self.levels[level].sums = <double*>calloc(self.themes + 1, sizeof(double))
            held = held and self.levels[level].met and self.levels[level].numbers and self.levels[level].sums
        if not held:
            raise MemoryError

    def __dealloc__(self):
        free(self.number_of)
        free(self.row_of)
        for level in range(LEVELS):
            free(self.levels[level].met)
            free(self.levels[level].numbers)
            free(self.levels[level].sums)

    def of(
        self,
        const int64_t[::1] rows,
        const int64_t[::1] clause,
        Py_ssize_t clauses,
        const int64_t[::1] sentences,
        const int64_t[::1] texts,
    ):
        """The scores of an outline's texts (N, T), each the mean of its own, its best sentence's and its best clause's, and of its
        sentences (S, T). The arrays are those of an outline.Outline."""
        cdef Py_ssize_t at, text, sentence, one, theme, last_sentence, last_clause
        if rows.shape[0] != clause.shape[0]:
            raise ValueError("the arrays do not belong together")
        for at in range(rows.shape[0]):
            if not 0 <= rows[at] < self.idf.shape[0]:
                raise IndexError("no such feature")
        for text in range(texts.shape[0]):
            if not 0 <= texts[text] < sentences.shape[0]:
                raise IndexError("no such sentence")
        of_texts, of_sentences = np.empty((texts.shape[0], self.themes)), np.empty((sentences.shape[0], self.themes))
        cdef double[:, ::1] text_at = of_texts, sentence_at = of_sentences
        cdef double[:, ::1] best = np.empty((3, self.themes))  # the best clause, the best sentence, and the present clause
        at = 0
        for text in range(texts.shape[0]):
            for theme in range(self.themes):
                best[0, theme] = best[1, theme] = -INFINITY
            last_sentence = texts[text + 1] if text + 1 < texts.shape[0] else sentences.shape[0]
            for sentence in range(texts[text], last_sentence):
                last_clause = sentences[sentence + 1] if sentence + 1 < sentences.shape[0] else clauses
                for one in range(sentences[sentence], last_clause):
                    while at < rows.shape[0] and clause[at] == one:
                        self.meet(rows[at])
                        at += 1
                    self.close(0, &best[2, 0])
                    raise_to(&best[0, 0], &best[2, 0], self.themes)
                self.close(1, &sentence_at[sentence, 0])
                raise_to(&best[1, 0], &sentence_at[sentence, 0], self.themes)
            self.close(2, &text_at[text, 0])
            for theme in range(self.themes):
                text_at[text, theme] = (text_at[text, theme] + best[1, theme] + best[0, theme]) / 3
        return of_texts, of_sentences

    cdef void meet(self, int64_t row) noexcept:
        """A feature of the present clause."""
        cdef Level* clause = &self.levels[0]
        cdef int32_t number = self.number_of[row]
        if number == 0:
            self.known += 1
            number = self.number_of[row] = self.known
            self.row_of[number] = <int32_t>row
        if clause.met[number].times == 0:
            clause.numbers[clause.count] = number
            clause.count += 1
        clause.met[number].times += 1

    cdef void close(self, int place, double* scores) noexcept:
        """The unit that a level is at has ended: its scores (T,), and what it adds to the unit it is a part of.

        Its sums are those of its parts, but for features met in several of them: these weigh less than their weights added up.
        """
        cdef Level* level = &self.levels[place]
        cdef Level* above = &self.levels[place + 1] if place + 1 < LEVELS else NULL
        cdef Met* met
        cdef Met* next_met
        cdef const float* coefficients
        cdef int32_t number
        cdef double weight, more
        cdef Py_ssize_t at, theme, themes = self.themes
        cdef double* sums = level.sums
        cdef double* coming
        cdef const double* intercepts = &self.intercepts[0]
        for at in range(level.count):
            number = level.numbers[at]
            met = &level.met[number]
            weight = met.weight
            if place == 0 or met.parts > 1:
                weight = self.idf[self.row_of[number]]
                if met.times > 1:
                    weight *= 1 + log(<double>met.times)
                more = weight - met.weight
                coefficients = &self.coefficients[self.row_of[number], 0]
                for theme in range(themes):
                    sums[theme] += more * coefficients[theme]
                level.square += weight * weight - met.square
            if above != NULL:
                next_met = &above.met[number]
                if next_met.times == 0:
                    above.numbers[above.count] = number
                    above.count += 1
                next_met.times += met.times
                next_met.parts += 1
                next_met.weight += weight
                next_met.square += weight * weight
            else:
                self.number_of[self.row_of[number]] = 0
            memset(met, 0, sizeof(Met))
        more = 1 / sqrt(level.square) if level.square > 0 else 1
        for theme in range(themes):
            scores[theme] = sums[theme] * more + intercepts[theme]
        if above != NULL:
            above.square += level.square
            coming = above.sums
            for theme in range(themes):
                coming[theme] += sums[theme]
        else:
            self.known = 0
        memset(sums, 0, themes * sizeof(double))
        level.count, level.square = 0, 0


cdef void raise_to(double* best, const double* scores, Py_ssize_t themes) noexcept:
    """Of each theme, the greater of the two."""
    cdef Py_ssize_t theme
    for theme in range(themes):
        best[theme] = scores[theme] if scores[theme] > best[theme] else best[theme]


def probable(const double[:, ::1] scores, const double[::1] slopes, const double[::1] offsets):
    """The probabilities (N, T) that scores (N, T) stand for: see assignment.probabilities."""
    result = np.empty((scores.shape[0], scores.shape[1]))
    cdef double[:, ::1] value = result
    cdef Py_ssize_t unit, theme
    if slopes.shape[0] != scores.shape[1] or offsets.shape[0] != scores.shape[1]:
        raise ValueError("the arrays do not belong together")
    for unit in range(scores.shape[0]):
        for theme in range(scores.shape[1]):
            value[unit, theme] = 1 / (1 + exp(-(scores[unit, theme] * slopes[theme] + offsets[theme])))
    return result


def assigned(const double[:, ::1] probabilities, const double[::1] thresholds, Py_ssize_t most):
    """The themes of each text, at most so many, with their probabilities: see assignment.assigned."""
    cdef Py_ssize_t text, theme
    cdef list found, one
    if thresholds.shape[0] != probabilities.shape[1]:
        raise ValueError("the arrays do not belong together")
    found = []
    for text in range(probabilities.shape[0]):
        one = []
        for theme in range(thresholds.shape[0]):
            if probabilities[text, theme] >= thresholds[theme]:
                one.append((theme, probabilities[text, theme]))
        if len(one) > 1:
            one.sort(key=BY_PROBABILITY, reverse=True)
            del one[most:]
        found.append(one)
    return found
