// The words of the tiny models. A word is one token; numbers 0 to 99 are their own tokens.
#ifndef VOCABULARY_H
#define VOCABULARY_H

enum {
  NUMBERS = 100,
  END = 100, // the end of a text
  USE, TO, MAKE, DOT,
  PLUS, MINUS, TIMES, EQUALS, OPEN, CLOSE,
  COMMA, YES, NO,
  THINK, THINK_END, ANSWER, ANSWER_END,
  ZH_COMMA, ZH_YES, ZH_NO, // the second language: the same three words in Chinese
  WORDS,
  VOCABULARY = 128 // padded, for the matrices
};

/** The word's text; for a number, NULL. */
static inline const char *word_text(int token) {
  static const char *const texts[WORDS - NUMBERS] = {
      "<eos>", "Use", "to", "make", ".", "+", "-", "*", "=", "(", ")", ",", "yes", "no",
      "<think>", "</think>", "<answer>", "</answer>", "，", "对", "错"};
  return token >= NUMBERS && token < WORDS ? texts[token - NUMBERS] : 0;
}

static inline int is_verdict(int token) { return token == YES || token == NO || token == ZH_YES || token == ZH_NO; }
static inline int is_operator(int token) { return token >= PLUS && token <= TIMES; }

#endif
