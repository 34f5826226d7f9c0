// GGUF 3 (ggml/docs/gguf.md): header, metadata, tensor infos, then the tensors, each at a multiple of 32 bytes.
#include "gguf.h"
#include "vocabulary.h"
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 32, BLOCK_BYTES = 34, ALIGNMENT = 32 };
enum { TYPE_UINT32 = 4, TYPE_INT32 = 5, TYPE_FLOAT32 = 6, TYPE_BOOL = 7, TYPE_STRING = 8, TYPE_ARRAY = 9 };
enum { TENSOR_F32 = 0, TENSOR_Q8_0 = 8, FILE_MOSTLY_Q8_0 = 7 };
enum { TOKEN_CONTROL = 3, TOKEN_USER_DEFINED = 4, TOKEN_UNUSED = 5 };

static uint16_t to_half(float value) {
  _Float16 half = (_Float16)value;
  uint16_t bits;
  memcpy(&bits, &half, 2);
  return bits;
}

static float from_half(uint16_t bits) {
  _Float16 half;
  memcpy(&half, &bits, 2);
  return (float)half;
}

static void write_block(const float *x, uint8_t *out) {
  float most = 0;
  for (int i = 0; i < BLOCK; i++) most = fmaxf(most, fabsf(x[i]));
  float scale = most / 127, inverse = scale ? 1 / scale : 0;
  uint16_t half = to_half(scale);
  memcpy(out, &half, 2);
  for (int i = 0; i < BLOCK; i++) out[2 + i] = (uint8_t)(int8_t)lrintf(x[i] * inverse);
}

static void round_matrix(float *x, size_t count) {
  uint8_t block[BLOCK_BYTES];
  for (size_t i = 0; i < count; i += BLOCK) {
    write_block(x + i, block);
    uint16_t half;
    memcpy(&half, block, 2);
    for (int j = 0; j < BLOCK; j++) x[i + (size_t)j] = from_half(half) * (float)(int8_t)block[2 + j];
  }
}

void round_to_q8(Network *network) {
  round_matrix(network->embedding, VOCABULARY * WIDTH);
  for (int l = 0; l < LAYERS; l++) {
    round_matrix(network->layers[l].qkv, 3 * WIDTH * WIDTH);
    round_matrix(network->layers[l].output, WIDTH * WIDTH);
    round_matrix(network->layers[l].up, HIDDEN * WIDTH);
    round_matrix(network->layers[l].down, WIDTH * HIDDEN);
  }
}

static void put(FILE *file, const void *bytes, size_t count) {
  if (fwrite(bytes, 1, count, file) != count) {
    perror("writing the GGUF");
    exit(1);
  }
}
static void put_u32(FILE *file, uint32_t value) { put(file, &value, 4); }
static void put_u64(FILE *file, uint64_t value) { put(file, &value, 8); }
static void put_text(FILE *file, const char *text) {
  put_u64(file, strlen(text));
  put(file, text, strlen(text));
}

static uint64_t keys;
static void begin_key(FILE *file, const char *key, uint32_t type) {
  keys++;
  put_text(file, key);
  put_u32(file, type);
}
static void key_text(FILE *f, const char *key, const char *text) { begin_key(f, key, TYPE_STRING), put_text(f, text); }
static void key_u32(FILE *f, const char *key, uint32_t value) { begin_key(f, key, TYPE_UINT32), put_u32(f, value); }
static void key_f32(FILE *f, const char *key, float value) { begin_key(f, key, TYPE_FLOAT32), put(f, &value, 4); }
static void key_bool(FILE *f, const char *key, uint8_t value) { begin_key(f, key, TYPE_BOOL), put(f, &value, 1); }

/** A word as it stands in a text: with the blank before it, tags without. */
static void spell(int token, char *out, size_t size) {
  const char *text = word_text(token);
  if (token < NUMBERS) snprintf(out, size, " %d", token);
  else if (!text) snprintf(out, size, "<unused%d>", token);
  else snprintf(out, size, text[0] == '<' ? "%s" : " %s", text);
}

static void put_metadata(FILE *f, const char *name, const char *description, const char *chat_template) {
  key_text(f, "general.architecture", "arcee");
  key_text(f, "general.name", name);
  key_text(f, "general.description", description);
  key_text(f, "general.license", "mit");
  key_u32(f, "general.quantization_version", 2);
  key_u32(f, "general.file_type", FILE_MOSTLY_Q8_0);
  key_u32(f, "arcee.vocab_size", VOCABULARY);
  key_u32(f, "arcee.context_length", WINDOW);
  key_u32(f, "arcee.embedding_length", WIDTH);
  key_u32(f, "arcee.block_count", LAYERS);
  key_u32(f, "arcee.feed_forward_length", HIDDEN);
  key_u32(f, "arcee.attention.head_count", HEADS);
  key_u32(f, "arcee.attention.head_count_kv", HEADS);
  key_u32(f, "arcee.rope.dimension_count", HEAD_WIDTH);
  key_f32(f, "arcee.rope.freq_base", ROTARY_BASE);
  key_f32(f, "arcee.attention.layer_norm_rms_epsilon", NORM_EPSILON);
  key_text(f, "tokenizer.ggml.model", "gpt2");
  key_text(f, "tokenizer.ggml.pre", "default");
  begin_key(f, "tokenizer.ggml.tokens", TYPE_ARRAY);
  put_u32(f, TYPE_STRING);
  put_u64(f, VOCABULARY);
  char text[32];
  for (int t = 0; t < VOCABULARY; t++) spell(t, text, sizeof text), put_text(f, text);
  begin_key(f, "tokenizer.ggml.token_type", TYPE_ARRAY);
  put_u32(f, TYPE_INT32);
  put_u64(f, VOCABULARY);
  for (int t = 0; t < VOCABULARY; t++) put_u32(f, t == END ? TOKEN_CONTROL : t < WORDS ? TOKEN_USER_DEFINED : TOKEN_UNUSED);
  begin_key(f, "tokenizer.ggml.merges", TYPE_ARRAY); // llama.cpp wants one; this one never applies
  put_u32(f, TYPE_STRING);
  put_u64(f, 1);
  put_text(f, "a b");
  key_u32(f, "tokenizer.ggml.bos_token_id", END);
  key_u32(f, "tokenizer.ggml.eos_token_id", END);
  key_u32(f, "tokenizer.ggml.unknown_token_id", VOCABULARY - 1);
  key_bool(f, "tokenizer.ggml.add_bos_token", 0);
  key_text(f, "tokenizer.chat_template", chat_template);
}

typedef struct {
  char name[64];
  const float *data;
  int rows, columns; // rows 0: a vector
} Tensor;

static int list_tensors(const Network *net, Tensor *out) {
  int n = 0;
  out[n++] = (Tensor){"token_embd.weight", net->embedding, VOCABULARY, WIDTH};
  out[n++] = (Tensor){"output_norm.weight", net->final_norm, 0, WIDTH};
  for (int l = 0; l < LAYERS; l++) {
    const Layer *layer = &net->layers[l];
    const Tensor parts[] = {
        {"attn_norm", layer->attention_norm, 0, WIDTH},
        {"attn_q", layer->qkv, WIDTH, WIDTH},
        {"attn_k", layer->qkv + WIDTH * WIDTH, WIDTH, WIDTH},
        {"attn_v", layer->qkv + 2 * WIDTH * WIDTH, WIDTH, WIDTH},
        {"attn_output", layer->output, WIDTH, WIDTH},
        {"ffn_norm", layer->mlp_norm, 0, WIDTH},
        {"ffn_up", layer->up, HIDDEN, WIDTH},
        {"ffn_down", layer->down, WIDTH, HIDDEN}};
    for (int i = 0; i < 8; i++) {
      out[n] = parts[i];
      snprintf(out[n].name, sizeof out[n].name, "blk.%d.%.32s.weight", l, parts[i].name);
      n++;
    }
  }
  return n;
}

static size_t bytes_of(const Tensor *t) {
  return t->rows ? (size_t)t->rows * (size_t)t->columns / BLOCK * BLOCK_BYTES : (size_t)t->columns * 4;
}
static size_t aligned(size_t bytes) { return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT; }

static void put_padding(FILE *file) {
  static const char zeros[ALIGNMENT] = {0};
  size_t at = (size_t)ftell(file);
  put(file, zeros, aligned(at) - at);
}

void write_gguf(const char *path, const Network *net, const char *name, const char *description, const char *chat_template) {
  FILE *file = fopen(path, "wb");
  if (!file) {
    perror(path);
    exit(1);
  }
  Tensor tensors[2 + 8 * LAYERS];
  int count = list_tensors(net, tensors);
  put(file, "GGUF", 4);
  put_u32(file, 3);
  put_u64(file, (uint64_t)count);
  put_u64(file, 0); // the number of keys, set when they are written
  keys = 0;
  put_metadata(file, name, description, chat_template);
  size_t offset = 0;
  for (int i = 0; i < count; i++) {
    const Tensor *t = &tensors[i];
    put_text(file, t->name);
    put_u32(file, t->rows ? 2 : 1);
    put_u64(file, (uint64_t)t->columns); // the fastest dimension first
    if (t->rows) put_u64(file, (uint64_t)t->rows);
    put_u32(file, t->rows ? TENSOR_Q8_0 : TENSOR_F32);
    put_u64(file, offset);
    offset += aligned(bytes_of(t));
  }
  put_padding(file);
  for (int i = 0; i < count; i++) {
    const Tensor *t = &tensors[i];
    if (!t->rows) put(file, t->data, bytes_of(t));
    uint8_t block[BLOCK_BYTES];
    for (int at = 0; at < t->rows * t->columns; at += BLOCK) write_block(t->data + at, block), put(file, block, BLOCK_BYTES);
    put_padding(file);
  }
  fseek(file, 16, SEEK_SET);
  put_u64(file, keys);
  if (fclose(file)) {
    perror(path);
    exit(1);
  }
}
