// The network as a GGUF file (Q8_0), with its words and its chat template inside.
#ifndef GGUF_H
#define GGUF_H
#include "network.h"

/** Rounds every matrix to what Q8_0 keeps of it, in place: what the file's readers compute with. */
void round_to_q8(Network *network);

void write_gguf(const char *path, const Network *network, const char *name, const char *description, const char *chat_template);

#endif
