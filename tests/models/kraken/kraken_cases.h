// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "models/kraken/kraken_params.h"
#include "tests/models/kernel_bench.h"

namespace qnnsim::test {

/// One packet of a program with a map and kernels of random values.
struct KrakenLayer {
  KrakenPacket packet;
  int height = 1;               ///< [pixels] of a map; the last block may have rows below it
  std::vector<Tensor> maps;     ///< by image
  std::vector<Tensor> kernels;  ///< by column group
  std::vector<Value> idle;      ///< weights of the columns behind the last group, at random
  int bits_sum = 32;            ///< [bits] of an accumulator

  /// A pixel of a map, 0 outside of it.
  Value pixel(int image, int y, int x, int channel) const;
  /// The weight of array column `column` in word `word`.
  Value weight(int word, int column) const;
  /// The convolution of stride 1 with 'same' padding at a pixel, wrapped to the engine's sums.
  Value sum(int group, int image, int y, int x) const;
};

/// An engine and what runs through it in `kFrames` frames.
struct KrakenRun {
  static constexpr int kFrames = 2;

  KrakenParams params;
  KrakenProgram program;
  std::vector<KrakenLayer> layers;  ///< frames x packets
  std::string text;                 ///< all parameters

  std::vector<Value> pixel_stream;   ///< AXI beats, with headers
  std::vector<Value> weight_stream;  ///< AXI beats, with headers
  std::vector<Value> pixels;         ///< beats of the array
  std::vector<Value> weights;        ///< beats of the array
  std::vector<Value> controls;       ///< beats of the array
  std::vector<Value> sums;           ///< AXI beats
};

/// What is asked of an engine, where it is not at random.
struct KrakenWish {
  std::uint64_t most_beats = 300;  ///< of the array, of a packet
  bool unbound = false;            ///< neither the streams nor the output pipe hold the array up
};

KrakenRun draw_kraken(Draw& draw, const KrakenWish& wish = {});

/// Each part of the engine alone, and all of it with FIFOs of 2 beats in between.
KernelCase pixels_case(const KrakenRun& run);
KernelCase weights_case(const KrakenRun& run);
KernelCase array_case(const KrakenRun& run);
KernelCase engine_case(const KrakenRun& run);

inline KernelCase any_pixels(Draw& draw) { return pixels_case(draw_kraken(draw)); }
inline KernelCase any_weights(Draw& draw) { return weights_case(draw_kraken(draw)); }
inline KernelCase any_array(Draw& draw) { return array_case(draw_kraken(draw)); }
inline KernelCase any_engine(Draw& draw) { return engine_case(draw_kraken(draw)); }

}  // namespace qnnsim::test
