// The task: make a target of three of the given numbers, each at most once, with +, − and ×.
#ifndef TASK_H
#define TASK_H
#include "random.h"

enum {
  MOST_NUMBERS = 4,
  LARGEST_NUMBER = 12, // the given numbers are 1 to 12, all different
  LARGEST_VALUE = 99,  // every value on the way is 0 to 99
  MOST_EXPRESSIONS = 512,
  ATTEMPT_TOKENS = 12, // "3 * 7 = 21 , 21 + 5 = 26 yes"
  MOST_PROMPT_TOKENS = 9
};

typedef struct {
  int count;                 // numbers given: three (easy) or four (hard)
  int numbers[MOST_NUMBERS]; // -1 behind the last
  int target;
} Puzzle;

/** first ⊕ second = between, then between ⊗ third (or third ⊗ between, if `is_turned`) = value. */
typedef struct {
  int first, first_operator, second, between, second_operator, third;
  int is_turned, value;
  int identity; // equal for expressions that differ only in the order of + and ×
} Expression;

/** All expressions over three of the numbers whose values stay in range. Returns how many. */
int expressions_of(const int *numbers, int count, Expression *out);

/** How many of `identity` there can be. */
enum { IDENTITIES = 1200 };

/** Number sets are held out from every training by a hash of the set: one in ten. */
int is_held_out(const int *numbers, int count);

/** A puzzle whose target has exactly one solution, up to order. */
Puzzle draw_puzzle(Random *random, int count, int held_out);

/** Writes "Use 3 5 7 to make 26 ." as tokens; returns how many. */
int write_prompt(int *out, const Puzzle *puzzle);

/** Writes one attempt with its verdict; returns ATTEMPT_TOKENS. */
int write_attempt(int *out, const Expression *expression, int target, int in_chinese);

/** Writes the expression as an answer, "( 3 + 5 ) * 7"; returns how many tokens. */
int write_expression(int *out, const Expression *expression);

/** Whether the tokens are an expression of three of the puzzle's numbers that gives its target. */
int is_right(const int *tokens, int count, const Puzzle *puzzle);

/** a ⊕ b, or -1 if it leaves 0 to 99. */
int apply_operator(int a, int operator_token, int b);

#endif
