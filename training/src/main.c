// The commands: each says what it does when started without arguments. README.md beside this folder has the recipe.
#include "corpus.h"
#include "gguf.h"
#include "network.h"
#include "sample.h"
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void openblas_set_num_threads(int threads);

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int argument_count;
static char **arguments;

static const char *option(const char *name, const char *otherwise) {
  for (int i = 2; i + 1 < argument_count; i++)
    if (!strncmp(arguments[i], "--", 2) && !strcmp(arguments[i] + 2, name)) return arguments[i + 1];
  if (!otherwise) {
    fprintf(stderr, "--%s is missing\n", name);
    exit(2);
  }
  return otherwise;
}
static double number(const char *name, const char *otherwise) { return atof(option(name, otherwise)); }

enum { MOST_SAMPLES = 4096 };
static Sample *samples;
static Sampling plain = {.temperature = 1};

static Figures evaluate(const Network *net, int count, int cap, int opened, Sampling sampling) {
  prepare_held_out(samples, count, cap, opened, 5);
  draw_samples(net, samples, count, sampling);
  return figures_of(samples, count);
}

/** Of the samples just drawn, those with so many numbers. */
static Figures figures_of_count(int count, int numbers) {
  static Sample *some;
  if (!some) some = malloc(sizeof(Sample) * MOST_SAMPLES);
  int n = 0;
  for (int i = 0; i < count; i++)
    if (samples[i].puzzle.count == numbers) some[n++] = samples[i];
  return figures_of(some, n);
}

/** One line of the record: both kinds together, then each. */
static void print_evaluation(FILE *file, const char *begin, const Network *net, int count, int cap, int opened, Sampling sampling) {
  Figures both = evaluate(net, count, cap, opened, sampling);
  fprintf(file, "{%s\"puzzles\":%d,\"both\":{", begin, count);
  print_figures(file, both);
  fprintf(file, "},\"three\":{");
  print_figures(file, figures_of_count(count, 3));
  fprintf(file, "},\"four\":{");
  print_figures(file, figures_of_count(count, 4));
  fprintf(file, "}}\n");
  fflush(file);
}

static Batch **new_batches(int tokens) {
  int threads = omp_get_max_threads();
  Batch **batches = malloc(sizeof(Batch *) * (size_t)threads);
  for (int k = 0; k < threads; k++) batches[k] = new_batch(tokens);
  return batches;
}

typedef int WriteText(Random *, int *, int, int *);

static void fill(Batch *batch, Random *random, WriteText *write, int most) {
  int text[MOST_TEXT_TOKENS], unlearnt;
  clear_batch(batch);
  for (;;) {
    Random before = *random;
    int count = write(random, text, WINDOW, &unlearnt);
    if (batch->tokens + count > most || !add_text(batch, text, count, unlearnt, 1)) {
      *random = before;
      return;
    }
  }
}

/** Learning from texts: the base from the corpus, or the supervised step from clean traces. */
static void learn_texts(int from_traces) {
  Network net = new_network();
  unsigned long long seed = (unsigned long long)number("seed", "12345");
  const char *in = option("from", from_traces ? 0 : ""), *out = option("to", 0);
  if (*in) load_network(in, &net);
  else draw_network(&net, seed);
  double total = number("tokens", from_traces ? "150000" : "24000000"), rate = number("rate", from_traces ? "1e-3" : "2e-3");
  int threads = omp_get_max_threads(), a_step = (int)number("step-tokens", from_traces ? "2048" : "4096");
  int every = (int)number("every", "200"); // steps a line of the record
  Batch **batches = new_batches(a_step / threads + 64);
  Adam adam = new_adam();
  Random randoms[64];
  for (int k = 0; k < threads; k++) randoms[k] = seed * 7919 + (unsigned long long)(1000 * k + (from_traces ? 7777 : 0));
  double seen = 0, began = seconds(), loss = 0, weight = 0;
  long steps = 0;
  while (seen < total) {
#pragma omp parallel
    {
      int k = omp_get_thread_num();
      fill(batches[k], &randoms[k], from_traces ? write_trace : write_base_text, a_step / threads);
      learn(batches[k], &net, 1);
    }
    double weights = 0;
    for (int k = 0; k < threads; k++) {
      weights += batches[k]->weight_sum;
      loss += batches[k]->loss;
      seen += batches[k]->tokens;
    }
    weight += weights;
    steps++;
    double done = seen / total, warm = steps < 100 ? (double)steps / 100 : 1, cool = done < 0.3 ? 1 : 0.05 + 0.95 * (1 - (done - 0.3) / 0.7);
    adam_step(&adam, &net, batches, threads, (float)(rate * warm * cool), 0.01f, (float)(1 / weights));
    if (steps % every == 0 || seen >= total) {
      printf("{\"step\":%ld,\"tokens\":%.0f,\"loss\":%.4f,\"seconds\":%.0f}\n", steps, seen, loss / weight, seconds() - began);
      fflush(stdout);
      loss = weight = 0;
    }
    if (steps % 1000 == 0) save_network(out, &net);
  }
  save_network(out, &net);
  print_evaluation(stdout, "\"step\":0,", &net, (int)number("puzzles", "2048"), 0, 0, plain);
}

typedef enum { WITHOUT_STD, WITH_STD, WITH_LENGTH, ORIGINAL } Loss;

static Loss loss_of(const char *name) {
  if (!strcmp(name, "dr")) return WITHOUT_STD;
  if (!strcmp(name, "std")) return WITH_STD;
  if (!strcmp(name, "length")) return WITH_LENGTH;
  if (!strcmp(name, "grpo")) return ORIGINAL;
  fprintf(stderr, "--loss is dr, std, length or grpo\n");
  exit(2);
}

/** Rewards of one group and what each is worth beside its fellows. Returns 0 if all are alike: it teaches nothing. */
static int weigh_group(Sample *group, int size, float language, Loss loss) {
  float mean = 0, square = 0;
  for (int i = 0; i < size; i++) {
    Sample *s = &group[i];
    // accuracy only inside a well-formed answer, or an answer without tags would win
    s->reward = (float)s->is_formatted * (1 + (float)s->is_correct + language * english_share(s));
    mean += s->reward / (float)size;
  }
  for (int i = 0; i < size; i++) square += (group[i].reward - mean) * (group[i].reward - mean) / (float)size;
  float deviation = sqrtf(square) + 1e-4f;
  int teaches = 0;
  for (int i = 0; i < size; i++) {
    Sample *s = &group[i];
    s->advantage = s->reward - mean;
    if (loss == WITH_STD || loss == ORIGINAL) s->advantage /= deviation;
    if (loss == WITH_LENGTH || loss == ORIGINAL) s->advantage *= 40.0f / (float)(s->count - s->prompt);
    if (fabsf(s->advantage) > 1e-6f) teaches = 1;
  }
  return teaches;
}

/** Forward and backward over all samples that teach, packed into batches; the order does not hang on the threads' speed. */
static double learn_samples(const Network *net, Batch **batches, int count, long *learnt) {
  static int starts[MOST_SAMPLES + 1];
  int chunks = 0, tokens = 1 << 30;
  for (int i = 0; i < count; i++) {
    if (tokens + samples[i].count > batches[0]->most_tokens) starts[chunks++] = i, tokens = 0;
    tokens += samples[i].count;
  }
  starts[chunks] = count;
  double entropy = 0;
  long n = 0;
#pragma omp parallel for schedule(static, 1) reduction(+ : entropy, n)
  for (int c = 0; c < chunks; c++) {
    Batch *batch = batches[omp_get_thread_num()];
    clear_batch(batch);
    for (int i = starts[c]; i < starts[c + 1]; i++)
      if (fabsf(samples[i].advantage) > 1e-6f) add_text(batch, samples[i].tokens, samples[i].count, samples[i].prompt, samples[i].advantage);
    if (!batch->texts) continue;
    learn(batch, net, 1);
    entropy += batch->entropy;
    n += batch->learnt;
  }
  *learnt = n;
  return n ? entropy / (double)n : 0;
}

/** Reinforcement learning: GRPO on the rewards of the paper, one Adam step a batch of fresh samples. */
static void reinforce(void) {
  Network net = new_network();
  load_network(option("from", 0), &net);
  const char *out = option("to", 0), *record_path = option("record", 0);
  FILE *record = fopen(record_path, "w");
  if (!record) {
    perror(record_path);
    exit(1);
  }
  int steps = (int)number("steps", "150"), prompts = (int)number("prompts", "32"), size = (int)number("group", "16");
  int every = (int)number("evaluate-every", "10"), puzzles = (int)number("puzzles", "1024");
  double rate = number("rate", "3e-4"), last_rate = number("last-rate", option("rate", "3e-4"));
  float language = (float)number("language", "0");
  Loss loss = loss_of(option("loss", "dr"));
  Random random = (Random)number("seed", "4242");
  int count = prompts * size, threads = omp_get_max_threads();
  if (count > MOST_SAMPLES || (count % 64)) {
    fprintf(stderr, "prompts × group is a multiple of 64, and at most %d\n", MOST_SAMPLES);
    exit(2);
  }
  Batch **batches = new_batches(8 * WINDOW);
  Adam adam = new_adam();
  print_evaluation(record, "\"step\":0,\"at\":\"evaluation\",", &net, puzzles, 0, 0, plain);
  double began = seconds();
  for (int step = 1; step <= steps; step++) {
    for (int p = 0; p < prompts; p++) {
      Puzzle puzzle = draw_puzzle(&random, 3 + (p * size / 64) % 2, 0);
      for (int i = 0; i < size; i++) prepare(&samples[p * size + i], puzzle, random_bits(&random), 0, 0);
    }
    draw_samples(&net, samples, count, plain);
    int idle = 0;
    double reward = 0;
    long tokens = 0, learnt;
    for (int p = 0; p < prompts; p++) idle += !weigh_group(samples + p * size, size, language, loss);
    for (int i = 0; i < count; i++) reward += samples[i].reward / count, tokens += samples[i].count - samples[i].prompt;
    Figures figures = figures_of(samples, count);
    double entropy = learn_samples(&net, batches, count, &learnt);
    double warm = step < 10 ? step / 10.0 : 1, now = rate + (last_rate - rate) * (step - 1) / (steps > 1 ? steps - 1 : 1);
    double norm = adam_step(&adam, &net, batches, threads, (float)(now * warm), 0, 1.0f / ((float)count * 10));
    fprintf(record, "{\"step\":%d,\"at\":\"training\",\"reward\":%.4f,\"groupsThatTeachNothing\":%d,\"groups\":%d,\"entropy\":%.4f,\"gradient\":%.4f,\"tokens\":%ld,\"seconds\":%.1f,", step, reward, idle, prompts, entropy, norm, tokens, seconds() - began);
    print_figures(record, figures);
    fprintf(record, "}\n");
    fflush(record);
    if (step % every == 0 || (step < 50 && step % 5 == 0) || step == steps) {
      char path[1024], begin[64];
      snprintf(path, sizeof path, "%s.%d", out, step);
      save_network(path, &net);
      snprintf(begin, sizeof begin, "\"step\":%d,\"at\":\"evaluation\",", step);
      print_evaluation(record, begin, &net, puzzles, 0, 0, plain);
    }
  }
  save_network(out, &net);
  fclose(record);
}

static const int caps[] = {1, 16, 32, 64, 128, 192, 256, 384, 512};

static void load_as_shipped(Network *net) {
  load_network(option("from", 0), net);
  if (!strcmp(option("rounded", "yes"), "yes")) round_to_q8(net);
}

static void evaluate_command(void) {
  Network net = new_network();
  load_as_shipped(&net);
  print_evaluation(stdout, "", &net, (int)number("puzzles", "2048"), 0, 0, plain);
}

static void caps_command(void) {
  Network net = new_network();
  load_as_shipped(&net);
  Sampling sampling = plain;
  sampling.never_stops = !strcmp(option("never-stops", "no"), "yes");
  for (size_t i = 0; i < sizeof caps / sizeof *caps; i++) {
    if (caps[i] + 24 > WINDOW) continue;
    char begin[64];
    snprintf(begin, sizeof begin, "\"cap\":%d,", caps[i]);
    print_evaluation(stdout, begin, &net, (int)number("puzzles", "1024"), caps[i], 1, sampling);
  }
}

/** What search without any skill finds in as many attempts as fit the cap, and one guess more; with and without repeats. */
static void blind_command(void) {
  enum { PUZZLES = 20000 };
  for (size_t i = 0; i < sizeof caps / sizeof *caps; i++) {
    Random puzzles = 777;
    int attempts = caps[i] / ATTEMPT_TOKENS;
    double with[3] = {0}, without[3] = {0};
    for (int p = 0; p < PUZZLES; p++) {
      Puzzle puzzle = draw_puzzle(&puzzles, 3 + p % 2, 1);
      Expression all[MOST_EXPRESSIONS];
      int found = expressions_of(puzzle.numbers, puzzle.count, all), solving = 0, different = 0, solutions = 0;
      char seen[IDENTITIES] = {0};
      for (int e = 0; e < found; e++) {
        solving += all[e].value == puzzle.target;
        if (seen[all[e].identity]) continue;
        seen[all[e].identity] = 1;
        different++;
        solutions += all[e].value == puzzle.target;
      }
      double hit = 1 - pow(1 - (double)solving / found, attempts + 1), missed = 1;
      for (int a = 0; a <= attempts && a < different; a++) {
        int left = different - a - solutions;
        missed *= left <= 0 ? 0 : (double)left / (different - a);
      }
      with[puzzle.count - 3] += hit;
      without[puzzle.count - 3] += 1 - missed;
    }
    printf("{\"cap\":%d,\"attempts\":%d,\"withRepeats\":{\"three\":%.4f,\"four\":%.4f},\"withoutRepeats\":{\"three\":%.4f,\"four\":%.4f}}\n", caps[i], attempts,
           with[0] / (PUZZLES / 2), with[1] / (PUZZLES / 2), without[0] / (PUZZLES / 2), without[1] / (PUZZLES / 2));
  }
}

static void print_tokens(const int *tokens, int count) {
  for (int i = 0; i < count; i++) {
    if (tokens[i] < NUMBERS) printf("%d ", tokens[i]);
    else printf("%s ", word_text(tokens[i]) ? word_text(tokens[i]) : "?");
  }
  printf("\n");
}

static void show_command(void) {
  Network net = new_network();
  load_as_shipped(&net);
  int count = (int)number("puzzles", "128");
  evaluate(&net, count, (int)number("cap", "0"), 0, plain);
  for (int i = 0; i < count; i += count > 16 ? count / 16 : 1) {
    printf("[%s, %s] ", samples[i].is_correct ? "right" : "wrong", samples[i].is_formatted ? "well-formed" : "ill-formed");
    print_tokens(samples[i].tokens, samples[i].count);
  }
}

/** The held-out puzzles as lines of "3 5 7 26": the numbers, then what they are to make. */
static void puzzles_command(void) {
  int count = (int)number("count", "2048");
  prepare_held_out(samples, count, 0, 0, 5);
  for (int i = 0; i < count; i++) {
    const Puzzle *puzzle = &samples[i].puzzle;
    for (int j = 0; j < puzzle->count; j++) printf("%d ", puzzle->numbers[j]);
    printf("%d\n", puzzle->target);
  }
}

static void texts_command(void) {
  Random random = (Random)number("seed", "1");
  int text[MOST_TEXT_TOKENS], unlearnt, traces = !strcmp(option("of", "corpus"), "traces");
  for (int i = 0; i < (int)number("count", "20"); i++)
    print_tokens(text, (traces ? write_trace : write_base_text)(&random, text, WINDOW, &unlearnt));
}

/** The gradient against finite differences, at ten weights of every kind. Ends with 1 if one is off. */
static void check_gradient(void) {
  Network net = new_network();
  draw_network(&net, 7);
  Batch *batch = new_batch(2048);
  Random random = 3;
  fill(batch, &random, write_base_text, 1024);
  learn(batch, &net, 1);
  float *places[] = {net.embedding + 12 * WIDTH + 3, net.layers[1].attention_norm + 5, net.layers[0].qkv + 777, net.layers[0].qkv + WIDTH * WIDTH + 99,
                     net.layers[2].qkv + 2 * WIDTH * WIDTH + 1234, net.layers[1].output + 55, net.layers[0].up + 4321, net.layers[2].down + 999,
                     net.final_norm + 7, net.layers[0].mlp_norm + 9};
  int bad = 0;
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    float held = *places[i], step = 2e-3f, found = batch->gradient.all[places[i] - net.all];
    *places[i] = held + step;
    learn(batch, &net, 0);
    double above = batch->loss;
    *places[i] = held - step;
    learn(batch, &net, 0);
    double expected = (above - batch->loss) / (2 * step);
    *places[i] = held;
    int is_off = fabs(expected - found) > 0.02 + 0.02 * fabs(expected);
    bad += is_off;
    printf("%s expected %.5f found %.5f\n", is_off ? "OFF" : "ok ", expected, found);
  }
  if (bad) exit(1);
}

/** Logits behind 100 held-out prompts with a bit of thought, as bare little-endian floats, and the tokens beside. */
static void logits_command(void) {
  Network net = new_network();
  load_as_shipped(&net);
  evaluate(&net, 128, 0, 1, plain);
  FILE *file = fopen(option("to", 0), "wb");
  Batch *batch = new_batch(WINDOW);
  if (!file) exit(1);
  for (int i = 0; i < 100; i++) {
    Sample *s = &samples[i];
    int count = s->prompt + 1 + i * 2;
    if (count > s->count - 1) count = s->count - 1;
    clear_batch(batch);
    add_text(batch, s->tokens, count + 1, 0, 1);
    learn(batch, &net, 0);
    // judge() left softmax − one-hot of the next token in place: put the likelihoods back together
    float *p = batch->logits + (size_t)(count - 1) * VOCABULARY;
    p[s->tokens[count]] += 1;
    int head[1] = {count};
    fwrite(head, 4, 1, file);
    fwrite(s->tokens, 4, (size_t)count, file);
    fwrite(p, 4, VOCABULARY, file);
  }
  fclose(file);
}

static void export_command(void) {
  Network net = new_network();
  load_network(option("from", 0), &net);
  write_gguf(option("to", 0), &net, option("name", 0), option("description", 0), option("template", 0));
}

int main(int count, char **values) {
  static const struct {
    const char *name;
    void (*run)(void);
    const char *does;
  } commands[] = {
      {"reinforce", reinforce, "--from BASE --to OUT --record FILE [--steps --rate --last-rate --language --loss dr|std|length|grpo --seed]"},
      {"evaluate", evaluate_command, "--from NET [--puzzles 2048 --rounded yes|no]"},
      {"caps", caps_command, "--from NET [--puzzles 1024 --never-stops yes]   accuracy under forced caps of thought"},
      {"blind", blind_command, "blind search, with and without repeats"},
      {"show", show_command, "--from NET   some samples"},
      {"puzzles", puzzles_command, "[--count 2048]   the held-out puzzles"},
      {"texts", texts_command, "[--of corpus|traces --count 20]"},
      {"gradient", check_gradient, "the gradient against finite differences"},
      {"logits", logits_command, "--from NET --to FILE   likelihoods for the tests"},
      {"export", export_command, "--from NET --to GGUF --name --description --template"}};
  argument_count = count;
  arguments = values;
  openblas_set_num_threads(1); // the threads are ours: one each for a part of the texts
  samples = malloc(sizeof(Sample) * MOST_SAMPLES);
  float first[WIDTH] = {0};
  rotate(first, 0, 0); // the table of rotations is made before there are threads
  const char *command = count > 1 ? values[1] : "";
  if (!strcmp(command, "base")) return learn_texts(0), 0;
  if (!strcmp(command, "traces")) return learn_texts(1), 0;
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
    if (!strcmp(command, commands[i].name)) return commands[i].run(), 0;
  printf("tiny base --to OUT [--tokens 24000000 --rate 2e-3 --seed 12345]\ntiny traces --from BASE --to OUT [--tokens 150000 --rate 1e-3]\n");
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) printf("tiny %s %s\n", commands[i].name, commands[i].does);
  return 2;
}
