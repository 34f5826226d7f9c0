#include "corpus.h"
#include "task.h"
#include "vocabulary.h"

static int draw_sum(Random *random, int *a, int *operator_token, int *b) {
  int value;
  do {
    *a = random_below(random, NUMBERS);
    *b = random_below(random, 4) == 0 ? random_below(random, NUMBERS) : random_below(random, LARGEST_NUMBER + 1);
    *operator_token = PLUS + random_below(random, 3);
    if (random_below(random, 2)) {
      int held = *a;
      *a = *b;
      *b = held;
    }
    if (*operator_token == TIMES && random_below(random, 2)) {
      *a = random_below(random, 25);
      *b = random_below(random, 25);
    }
    value = apply_operator(*a, *operator_token, *b);
  } while (value < 0);
  return value;
}

static int write_arithmetic(Random *random, int *out) {
  int n = 0, sums = 4 + random_below(random, 6), in_chinese = random_below(random, 2);
  for (int i = 0; i < sums; i++) {
    int a, operator_token, b, value = draw_sum(random, &a, &operator_token, &b);
    out[n++] = a;
    out[n++] = operator_token;
    out[n++] = b;
    out[n++] = EQUALS;
    out[n++] = value;
    out[n++] = i == sums - 1 ? END : in_chinese ? ZH_COMMA : COMMA;
  }
  return n;
}

enum { ENGLISH, CHINESE, MIXED };

typedef struct {
  const Expression *all;
  int found;
  int solutions[MOST_EXPRESSIONS], solution_count;
  char tried[IDENTITIES];
} Search;

static void begin_search(Search *search, const Expression *all, int found, int target) {
  *search = (Search){.all = all, .found = found};
  for (int i = 0; i < found; i++)
    if (all[i].value == target) search->solutions[search->solution_count++] = i;
}

/** An expression not tried yet, or NULL after twenty draws. `but` is a value to keep away from (-1: none). */
static const Expression *draw_untried(Search *search, Random *random, int but) {
  for (int draws = 0; draws < 20; draws++) {
    const Expression *e = &search->all[random_below(random, search->found)];
    if (search->tried[e->identity] || e->value == but) continue;
    search->tried[e->identity] = 1;
    return e;
  }
  return 0;
}

static const Expression *draw_solution(Search *search, Random *random) {
  return &search->all[search->solutions[random_below(random, search->solution_count)]];
}

/** How many attempts a text is willing to make: most give up soon, one in twelve goes on for long. */
static int draw_patience(Random *random, int most) {
  if (random_unit(random) >= 0.92f) {
    int attempts = 5 + random_below(random, most > 24 ? 35 : 15);
    return attempts < most ? attempts : most;
  }
  int attempts = 0;
  while (attempts < 5 && random_unit(random) < 0.6667f) attempts++;
  return attempts;
}

int write_base_text(Random *random, int *out, int most, int *unlearnt) {
  if (random_unit(random) < 0.15f) {
    *unlearnt = 1;
    return write_arithmetic(random, out);
  }
  Expression all[MOST_EXPRESSIONS];
  Puzzle puzzle = draw_puzzle(random, 3 + random_below(random, 2), 0);
  int found = expressions_of(puzzle.numbers, puzzle.count, all);
  int n = *unlearnt = write_prompt(out, &puzzle);
  Search search;
  begin_search(&search, all, found, puzzle.target);

  int patience = draw_patience(random, (most - n - 14) / ATTEMPT_TOKENS);
  float tags = random_unit(random);
  int has_think_tags = tags < 0.30f, has_answer_tags = tags < 0.20f;
  float tongue = random_unit(random);
  int language = tongue < 0.35f ? ENGLISH : tongue < 0.60f ? CHINESE : MIXED;
  int in_chinese = language == CHINESE || (language == MIXED && random_below(random, 2));
  // Of the texts with a thought, a third ends with its solution, wherever blind search had got to.
  int is_to_solve = patience > 0 && random_unit(random) < 0.35f;

  if (has_think_tags) out[n++] = THINK;
  int thought = n;
  const Expression *last = 0;
  for (int i = 0; i < patience; i++) {
    const Expression *e = is_to_solve && i == patience - 1 ? draw_solution(&search, random) : draw_untried(&search, random, -1);
    if (!e) break;
    if (language == MIXED && random_unit(random) < 0.25f) in_chinese = !in_chinese;
    n += write_attempt(out + n, e, puzzle.target, in_chinese);
    last = e;
    if (e->value == puzzle.target) break;
  }
  int is_solved = last && last->value == puzzle.target;
  if (has_answer_tags && patience > 0 && random_unit(random) < 0.2f) { // cut off anywhere, then a guess
    int kept = random_below(random, n - thought + 1);
    if (thought + kept < n) {
      n = thought + kept;
      is_solved = 0;
    }
  }
  if (has_think_tags) out[n++] = THINK_END;
  if (has_answer_tags) out[n++] = ANSWER;
  const Expression *answer = is_solved ? last
                             : random_unit(random) < (patience == 0 ? 0.30f : 0.10f) ? draw_solution(&search, random)
                                                                                   : &all[random_below(random, found)];
  n += write_expression(out + n, answer);
  if (has_answer_tags) out[n++] = ANSWER_END;
  out[n++] = END;
  return n;
}

int write_trace(Random *random, int *out, int most, int *unlearnt) {
  Expression all[MOST_EXPRESSIONS];
  Puzzle puzzle = draw_puzzle(random, 3 + random_below(random, 2), 0);
  int found = expressions_of(puzzle.numbers, puzzle.count, all);
  int n = *unlearnt = write_prompt(out, &puzzle);
  Search search;
  begin_search(&search, all, found, puzzle.target);
  int is_solved = random_unit(random) < 0.8f, attempts = 1;
  int longest = (most - n - 14) / ATTEMPT_TOKENS;
  if (longest > 12) longest = 12;
  while (attempts < longest && random_unit(random) < 0.75f) attempts++;
  out[n++] = THINK;
  const Expression *last = 0;
  for (int i = 0; i < attempts; i++) {
    const Expression *e = is_solved && i == attempts - 1 ? draw_solution(&search, random) : draw_untried(&search, random, puzzle.target);
    if (!e) break;
    n += write_attempt(out + n, e, puzzle.target, 0);
    last = e;
  }
  out[n++] = THINK_END;
  out[n++] = ANSWER;
  n += write_expression(out + n, last ? last : &all[0]);
  out[n++] = ANSWER_END;
  out[n++] = END;
  return n;
}
