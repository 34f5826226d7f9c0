// Samples of a network, and what rules say of them (no other model judges).
#ifndef SAMPLE_H
#define SAMPLE_H
#include "network.h"
#include "random.h"
#include "task.h"

typedef struct {
  // asked
  Puzzle puzzle;
  Random random;
  int cap;    // a thought is cut off after so many tokens and the answer is asked for; 0: never
  int tokens[WINDOW + 4], count, prompt;
  // found
  int is_formatted, is_correct;
  int attempts, thinking;       // thinking: tokens between the tags
  int is_cut_short;             // ran into the window's end
  int english, chinese;         // verdicts and commas of each language
  int sums, wrong_sums;         // "a ⊕ b = c" in the thought, and those that are not so
  int false_yes, missed, hits, repeats; // attempts called right that are not; right but called wrong; right; tried before
  float reward, advantage;
} Sample;

typedef struct {
  float temperature; // 0: the likeliest
  int never_stops;   // `</think>` is forbidden until a yes
} Sampling;

/** Sets a sample up to be drawn; `opened` puts `<think>` behind the prompt. */
void prepare(Sample *sample, Puzzle puzzle, Random seed, int cap, int opened);

/** Draws and judges them, on all threads. Each 64 in a row must have prompts of one length. */
void draw_samples(const Network *network, Sample *samples, int count, Sampling sampling);

void judge_sample(Sample *sample);

/** A rule of `<think> … </think> <answer> … </answer> <eos>`, each once, nothing between. */
int is_well_formed(const Sample *sample);

/** Share of the thought's words that are English; 1 where it has none. */
float english_share(const Sample *sample);

typedef struct {
  double correct, formatted, attempts, thinking, cut_short, mixed, english, wrong_sums, false_yes, missed, repeats, hits, answer_like;
} Figures;

Figures figures_of(const Sample *samples, int count);

/** As the members of a JSON object, without braces; shares from 0 to 1. */
void print_figures(void *file, Figures figures);

/** The same held-out puzzles for everybody: half of three numbers, half of four, in blocks of 64. */
void prepare_held_out(Sample *samples, int count, int cap, int opened, uint64_t seed);

#endif
