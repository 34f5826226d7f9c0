#include "task.h"
#include "vocabulary.h"
#include <string.h>

int apply_operator(int a, int operator_token, int b) {
  int value = operator_token == PLUS ? a + b : operator_token == MINUS ? a - b : a * b;
  return value < 0 || value > LARGEST_VALUE ? -1 : value;
}

int expressions_of(const int *numbers, int count, Expression *out) {
  int found = 0;
  for (int i = 0; i < count; i++)
    for (int j = 0; j < count; j++)
      for (int k = 0; k < count; k++) {
        if (i == j || i == k || j == k) continue;
        for (int first = PLUS; first <= TIMES; first++) {
          int between = apply_operator(numbers[i], first, numbers[j]);
          if (between < 0) continue;
          for (int second = PLUS; second <= TIMES; second++)
            for (int turned = 0; turned < 2; turned++) {
              int value = turned ? apply_operator(numbers[k], second, between) : apply_operator(between, second, numbers[k]);
              if (value < 0) continue;
              int pair = first == MINUS || i < j ? i * MOST_NUMBERS + j : j * MOST_NUMBERS + i;
              int side = second == MINUS ? turned : 0;
              int identity = (((pair * MOST_NUMBERS + k) * 3 + first - PLUS) * 3 + second - PLUS) * 2 + side;
              out[found++] = (Expression){numbers[i], first, numbers[j], between, second, numbers[k], turned, value, identity};
            }
        }
      }
  return found;
}

int is_held_out(const int *numbers, int count) {
  int sorted[MOST_NUMBERS];
  memcpy(sorted, numbers, sizeof(int) * (size_t)count);
  for (int i = 1; i < count; i++)
    for (int j = i; j > 0 && sorted[j - 1] > sorted[j]; j--) {
      int held = sorted[j];
      sorted[j] = sorted[j - 1];
      sorted[j - 1] = held;
    }
  Random hash = 0;
  for (int i = 0; i < count; i++) hash = hash * 101 + (uint64_t)sorted[i];
  return random_bits(&hash) % 10 == 0;
}

static int has_equals(const int *numbers, int count) {
  for (int i = 0; i < count; i++)
    for (int j = 0; j < i; j++)
      if (numbers[i] == numbers[j]) return 1;
  return 0;
}

Puzzle draw_puzzle(Random *random, int count, int held_out) {
  Puzzle puzzle = {.count = count, .numbers = {-1, -1, -1, -1}};
  Expression all[MOST_EXPRESSIONS];
  for (;;) {
    for (int i = 0; i < count; i++) puzzle.numbers[i] = 1 + random_below(random, LARGEST_NUMBER);
    if (has_equals(puzzle.numbers, count) || is_held_out(puzzle.numbers, count) != held_out) continue;
    int found = expressions_of(puzzle.numbers, count, all);
    char seen[IDENTITIES] = {0};
    int solutions[LARGEST_VALUE + 1] = {0}, targets[LARGEST_VALUE + 1], possible = 0;
    for (int i = 0; i < found; i++)
      if (!seen[all[i].identity]) {
        seen[all[i].identity] = 1;
        solutions[all[i].value]++;
      }
    for (int value = 1; value <= LARGEST_VALUE; value++)
      if (solutions[value] == 1) targets[possible++] = value;
    if (!possible) continue;
    puzzle.target = targets[random_below(random, possible)];
    return puzzle;
  }
}

int write_prompt(int *out, const Puzzle *puzzle) {
  int n = 0;
  out[n++] = USE;
  for (int i = 0; i < puzzle->count; i++) out[n++] = puzzle->numbers[i];
  out[n++] = TO;
  out[n++] = MAKE;
  out[n++] = puzzle->target;
  out[n++] = DOT;
  return n;
}

int write_attempt(int *out, const Expression *e, int target, int in_chinese) {
  int n = 0;
  out[n++] = e->first;
  out[n++] = e->first_operator;
  out[n++] = e->second;
  out[n++] = EQUALS;
  out[n++] = e->between;
  out[n++] = in_chinese ? ZH_COMMA : COMMA;
  out[n++] = e->is_turned ? e->third : e->between;
  out[n++] = e->second_operator;
  out[n++] = e->is_turned ? e->between : e->third;
  out[n++] = EQUALS;
  out[n++] = e->value;
  if (e->value == target) out[n++] = in_chinese ? ZH_YES : YES;
  else out[n++] = in_chinese ? ZH_NO : NO;
  return n;
}

int write_expression(int *out, const Expression *e) {
  int n = 0;
  int in_brackets = e->first_operator != TIMES && (e->second_operator == TIMES || (e->second_operator == MINUS && e->is_turned));
  if (e->is_turned) {
    out[n++] = e->third;
    out[n++] = e->second_operator;
  }
  if (in_brackets) out[n++] = OPEN;
  out[n++] = e->first;
  out[n++] = e->first_operator;
  out[n++] = e->second;
  if (in_brackets) out[n++] = CLOSE;
  if (!e->is_turned) {
    out[n++] = e->second_operator;
    out[n++] = e->third;
  }
  return n;
}

typedef struct {
  const int *tokens;
  int count, at, is_bad;
  int used[8], uses;
} Reader;

static int read_sum(Reader *reader);

static int read_factor(Reader *reader) {
  if (reader->at >= reader->count) return reader->is_bad = 1, 0;
  int token = reader->tokens[reader->at++];
  if (token < NUMBERS) {
    if (reader->uses < 8) reader->used[reader->uses] = token;
    reader->uses++;
    return token;
  }
  if (token != OPEN) return reader->is_bad = 1, 0;
  int value = read_sum(reader);
  if (reader->at >= reader->count || reader->tokens[reader->at++] != CLOSE) reader->is_bad = 1;
  return value;
}

static int read_product(Reader *reader) {
  int value = read_factor(reader);
  while (!reader->is_bad && reader->at < reader->count && reader->tokens[reader->at] == TIMES) {
    reader->at++;
    value *= read_factor(reader);
    if (value > 1000000 || value < -1000000) reader->is_bad = 1;
  }
  return value;
}

static int read_sum(Reader *reader) {
  int value = read_product(reader);
  while (!reader->is_bad && reader->at < reader->count && (reader->tokens[reader->at] == PLUS || reader->tokens[reader->at] == MINUS)) {
    int sign = reader->tokens[reader->at++] == PLUS ? 1 : -1;
    value += sign * read_product(reader);
  }
  return value;
}

int is_right(const int *tokens, int count, const Puzzle *puzzle) {
  Reader reader = {.tokens = tokens, .count = count};
  int value = read_sum(&reader);
  if (reader.is_bad || reader.at != count || reader.uses != 3 || value != puzzle->target) return 0;
  int taken[MOST_NUMBERS] = {0};
  for (int i = 0; i < 3; i++) {
    int fits = 0;
    for (int j = 0; j < puzzle->count && !fits; j++)
      if (!taken[j] && puzzle->numbers[j] == reader.used[i]) taken[j] = fits = 1;
    if (!fits) return 0;
  }
  return 1;
}
