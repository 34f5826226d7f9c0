#include "sample.h"
#include "gemm.h"
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 64 };

typedef struct {
  float *x, *norm, *qkv, *mixed, *hidden, *logits, *scale;
  float *keys, *values; // [layer][row][head][dimension][position] and [layer][row][head][position][dimension]
} Scratch;

static Scratch *scratch_of_thread(void) {
  static Scratch scratches[64];
  Scratch *s = &scratches[omp_get_thread_num()];
  if (s->x) return s;
  s->x = new_floats(ROWS * WIDTH);
  s->norm = new_floats(ROWS * WIDTH);
  s->qkv = new_floats(ROWS * 3 * WIDTH);
  s->mixed = new_floats(ROWS * WIDTH);
  s->hidden = new_floats(ROWS * HIDDEN);
  s->logits = new_floats(ROWS * VOCABULARY);
  s->scale = new_floats(ROWS);
  s->keys = new_floats((size_t)LAYERS * ROWS * WIDTH * WINDOW);
  s->values = new_floats((size_t)LAYERS * ROWS * WIDTH * WINDOW);
  return s;
}

void prepare(Sample *sample, Puzzle puzzle, Random seed, int cap, int opened) {
  sample->puzzle = puzzle;
  sample->random = seed;
  sample->cap = cap;
  sample->prompt = write_prompt(sample->tokens, &puzzle);
  if (opened) sample->tokens[sample->prompt++] = THINK;
  sample->count = sample->prompt;
}

/** One head of one row: scores against the past, softmax, the mixture of the values. */
static void attend_one(const float *query, const float *keys, const float *values, int length, float *out) {
  float scores[WINDOW], most = -1e30f, sum = 0, mixed[HEAD_WIDTH] = {0};
  for (int t = 0; t < length; t++) scores[t] = 0;
  for (int d = 0; d < HEAD_WIDTH; d++) {
    float q = query[d] * 0.17677669529f;
    const float *row = keys + (size_t)d * WINDOW;
    for (int t = 0; t < length; t++) scores[t] += q * row[t];
  }
  for (int t = 0; t < length; t++) most = scores[t] > most ? scores[t] : most;
  for (int t = 0; t < length; t++) sum += scores[t] = expf(scores[t] - most);
  for (int t = 0; t < length; t++) {
    float share = scores[t] / sum;
    const float *value = values + (size_t)t * HEAD_WIDTH;
    for (int d = 0; d < HEAD_WIDTH; d++) mixed[d] += share * value[d];
  }
  memcpy(out, mixed, sizeof mixed);
}

/** Reads one token of each running row at `position`; logits of the running rows into the scratch if asked for. */
static void read_position(const Network *net, Scratch *s, const Sample *samples, const int *running, int rows, int position, int with_logits) {
  for (int r = 0; r < rows; r++) memcpy(s->x + r * WIDTH, net->embedding + samples[running[r]].tokens[position] * WIDTH, sizeof(float) * WIDTH);
  for (int l = 0; l < LAYERS; l++) {
    const Layer *layer = &net->layers[l];
    normalize(rows, s->x, layer->attention_norm, s->norm, s->scale);
    times_transposed(rows, 3 * WIDTH, WIDTH, s->norm, WIDTH, layer->qkv, WIDTH, 0, s->qkv, 3 * WIDTH);
    for (int r = 0; r < rows; r++) {
      float *q = s->qkv + (size_t)r * 3 * WIDTH;
      rotate(q, position, 0);
      rotate(q + WIDTH, position, 0);
      for (int h = 0; h < HEADS; h++) {
        size_t at = (((size_t)l * ROWS + (size_t)running[r]) * HEADS + (size_t)h) * HEAD_WIDTH * WINDOW;
        float *keys = s->keys + at, *values = s->values + at;
        for (int d = 0; d < HEAD_WIDTH; d++) keys[(size_t)d * WINDOW + (size_t)position] = q[WIDTH + h * HEAD_WIDTH + d];
        memcpy(values + (size_t)position * HEAD_WIDTH, q + 2 * WIDTH + h * HEAD_WIDTH, sizeof(float) * HEAD_WIDTH);
        attend_one(q + h * HEAD_WIDTH, keys, values, position + 1, s->mixed + r * WIDTH + h * HEAD_WIDTH);
      }
    }
    times_transposed(rows, WIDTH, WIDTH, s->mixed, WIDTH, layer->output, WIDTH, 1, s->x, WIDTH);
    normalize(rows, s->x, layer->mlp_norm, s->norm, s->scale);
    times_transposed(rows, HIDDEN, WIDTH, s->norm, WIDTH, layer->up, WIDTH, 0, s->hidden, HIDDEN);
    for (int i = 0; i < rows * HIDDEN; i++) {
      float positive = s->hidden[i] > 0 ? s->hidden[i] : 0;
      s->hidden[i] = positive * positive;
    }
    times_transposed(rows, WIDTH, HIDDEN, s->hidden, HIDDEN, layer->down, HIDDEN, 1, s->x, WIDTH);
  }
  if (!with_logits) return;
  normalize(rows, s->x, net->final_norm, s->norm, s->scale);
  times_transposed(rows, VOCABULARY, WIDTH, s->norm, WIDTH, net->embedding, WIDTH, 0, s->logits, VOCABULARY);
}

static int draw_token(Sample *sample, float *logits, float temperature) {
  int best = 0;
  for (int j = 1; j < WORDS; j++)
    if (logits[j] > logits[best]) best = j;
  if (temperature <= 0) return best;
  float most = logits[best], sum = 0;
  for (int j = 0; j < WORDS; j++) sum += logits[j] = expf((logits[j] - most) / temperature);
  float left = random_unit(&sample->random) * sum;
  for (int j = 0; j < WORDS - 1; j++)
    if ((left -= logits[j]) < 0) return j;
  return WORDS - 1;
}

typedef struct {
  int is_thinking, thought, is_answer_due;
} Progress;

static int next_token(Sample *sample, Progress *progress, float *logits, Sampling sampling) {
  if (progress->is_answer_due) return progress->is_answer_due = 0, ANSWER;
  if (sample->cap && progress->is_thinking && progress->thought >= sample->cap) {
    progress->is_answer_due = 1;
    return THINK_END;
  }
  int last = sample->tokens[sample->count - 1];
  if (sampling.never_stops && progress->is_thinking) {
    if (last != YES && last != ZH_YES) logits[THINK_END] = -1e30f;
    logits[END] = -1e30f;
  }
  return draw_token(sample, logits, sampling.temperature);
}

static void draw_block(const Network *net, Sample *samples, int count, Sampling sampling) {
  Scratch *s = scratch_of_thread();
  int running[ROWS], rows = 0;
  Progress progress[ROWS] = {0};
  for (int i = 0; i < count; i++) {
    running[rows++] = i;
    progress[i].is_thinking = samples[i].tokens[samples[i].prompt - 1] == THINK;
    samples[i].count = samples[i].prompt;
    samples[i].is_cut_short = 0;
  }
  for (int position = 0; rows > 0 && position < WINDOW; position++) {
    int is_asking = position + 1 >= samples[running[0]].prompt;
    read_position(net, s, samples, running, rows, position, is_asking);
    if (!is_asking) continue;
    int kept = 0;
    for (int r = 0; r < rows; r++) {
      int i = running[r];
      Sample *sample = &samples[i];
      int token = next_token(sample, &progress[i], s->logits + r * VOCABULARY, sampling);
      sample->tokens[sample->count++] = token;
      if (token == THINK_END) progress[i].is_thinking = 0;
      else if (progress[i].is_thinking) progress[i].thought++;
      if (token == THINK) progress[i].is_thinking = 1;
      if (token == END) continue;
      if (sample->count >= WINDOW) {
        sample->is_cut_short = 1;
        continue;
      }
      running[kept++] = i;
    }
    rows = kept;
  }
}

void draw_samples(const Network *network, Sample *samples, int count, Sampling sampling) {
  int blocks = (count + ROWS - 1) / ROWS;
#pragma omp parallel for schedule(dynamic, 1)
  for (int b = 0; b < blocks; b++) {
    int from = b * ROWS, size = count - from < ROWS ? count - from : ROWS;
    draw_block(network, samples + from, size, sampling);
    for (int i = from; i < from + size; i++) judge_sample(&samples[i]);
  }
}

typedef struct {
  int count[4], at[4]; // of the four tags, behind the prompt
} Tags;

static Tags find_tags(const Sample *sample) {
  Tags tags = {{0}, {-1, -1, -1, -1}};
  int opened = sample->tokens[sample->prompt - 1] == THINK ? 1 : 0;
  for (int i = sample->prompt - opened; i < sample->count; i++) {
    int token = sample->tokens[i];
    if (token < THINK || token > ANSWER_END) continue;
    tags.count[token - THINK]++;
    tags.at[token - THINK] = i;
  }
  return tags;
}

int is_well_formed(const Sample *sample) {
  Tags tags = find_tags(sample);
  int opened = sample->tokens[sample->prompt - 1] == THINK ? 1 : 0;
  for (int i = 0; i < 4; i++)
    if (tags.count[i] != 1) return 0;
  return tags.at[0] == sample->prompt - opened && tags.at[1] > tags.at[0] && tags.at[2] == tags.at[1] + 1 &&
         tags.at[3] > tags.at[2] && tags.at[3] == sample->count - 2 && sample->tokens[sample->count - 1] == END;
}

float english_share(const Sample *sample) {
  int words = sample->english + sample->chinese;
  return words ? (float)sample->english / (float)words : 1;
}

/** What the attempt that ends at `verdict` claims; `seen` are the attempts before it. */
static void judge_attempt(Sample *sample, const int *verdict, int *seen, int *seen_count) {
  const int *a = verdict - (ATTEMPT_TOKENS - 1);
  if (a[3] != EQUALS || a[9] != EQUALS || a[0] >= NUMBERS || a[2] >= NUMBERS || a[6] >= NUMBERS || a[8] >= NUMBERS) return;
  int says_yes = *verdict == YES || *verdict == ZH_YES, is_target = a[10] == sample->puzzle.target;
  sample->false_yes += says_yes && !is_target;
  sample->hits += says_yes && is_target;
  sample->missed += !says_yes && is_target;
  int identity = a[0];
  for (int i = 1; i < 9; i++)
    if (i != 3 && i != 4 && i != 5) identity = identity * 131 + a[i];
  for (int i = 0; i < *seen_count; i++)
    if (seen[i] == identity) {
      sample->repeats++;
      return;
    }
  if (*seen_count < 64) seen[(*seen_count)++] = identity;
}

void judge_sample(Sample *sample) {
  Tags tags = find_tags(sample);
  const int *t = sample->tokens;
  sample->is_formatted = is_well_formed(sample);
  sample->is_correct = tags.count[2] && tags.count[3] && tags.at[3] > tags.at[2] &&
                       is_right(t + tags.at[2] + 1, tags.at[3] - tags.at[2] - 1, &sample->puzzle);
  int from = tags.count[0] ? tags.at[0] + 1 : sample->prompt;
  int to = tags.count[1] ? tags.at[1] : tags.count[2] ? tags.at[2] : sample->count;
  if (to < from) to = from;
  sample->thinking = tags.count[0] ? to - from : 0;
  sample->attempts = sample->english = sample->chinese = sample->sums = sample->wrong_sums = 0;
  sample->false_yes = sample->missed = sample->hits = sample->repeats = 0;
  int seen[64], seen_count = 0;
  for (int i = from; i < to; i++) {
    sample->english += t[i] == YES || t[i] == NO || t[i] == COMMA;
    sample->chinese += t[i] == ZH_YES || t[i] == ZH_NO || t[i] == ZH_COMMA;
    if (is_verdict(t[i])) {
      sample->attempts++;
      if (i - (ATTEMPT_TOKENS - 1) >= from) judge_attempt(sample, t + i, seen, &seen_count);
    }
    if (t[i] == EQUALS && i >= from + 3 && i + 1 < to && t[i - 1] < NUMBERS && is_operator(t[i - 2]) && t[i - 3] < NUMBERS) {
      sample->sums++;
      sample->wrong_sums += t[i + 1] != apply_operator(t[i - 3], t[i - 2], t[i - 1]);
    }
  }
}

Figures figures_of(const Sample *samples, int count) {
  Figures f = {0};
  double attempts = 0, sums = 0, wrong = 0;
  for (int i = 0; i < count; i++) {
    const Sample *s = &samples[i];
    f.correct += s->is_correct;
    f.formatted += s->is_formatted;
    f.thinking += s->thinking;
    f.cut_short += s->is_cut_short;
    f.mixed += s->english && s->chinese;
    f.english += english_share(s);
    f.false_yes += s->false_yes;
    f.missed += s->missed;
    f.repeats += s->repeats;
    f.hits += s->hits;
    attempts += s->attempts;
    sums += s->sums;
    wrong += s->wrong_sums;
  }
  double *shares[] = {&f.correct, &f.formatted, &f.thinking, &f.cut_short, &f.mixed, &f.english};
  for (int i = 0; i < 6; i++) *shares[i] /= count;
  double *of_attempts[] = {&f.false_yes, &f.missed, &f.repeats, &f.hits};
  for (int i = 0; i < 4; i++) *of_attempts[i] = attempts ? *of_attempts[i] / attempts : 0;
  f.attempts = attempts / count;
  f.wrong_sums = sums ? wrong / sums : 0;
  return f;
}

void print_figures(void *file, Figures f) {
  fprintf(file,
          "\"accuracy\":%.4f,\"format\":%.4f,\"attempts\":%.2f,\"thinkingTokens\":%.1f,\"ranOut\":%.4f,\"mixed\":%.4f,"
          "\"english\":%.4f,\"wrongSums\":%.4f,\"falseYes\":%.4f,\"missed\":%.4f,\"repeats\":%.4f,\"hits\":%.4f",
          f.correct, f.formatted, f.attempts, f.thinking, f.cut_short, f.mixed, f.english, f.wrong_sums, f.false_yes, f.missed,
          f.repeats, f.hits);
}

void prepare_held_out(Sample *samples, int count, int cap, int opened, uint64_t seed) {
  Random puzzles = 777;
  for (int i = 0; i < count; i++) {
    Puzzle puzzle = draw_puzzle(&puzzles, 3 + (i / ROWS) % 2, 1);
    Random own = seed * 1000003 + (uint64_t)i;
    random_bits(&own);
    prepare(&samples[i], puzzle, own, cap, opened);
  }
}
