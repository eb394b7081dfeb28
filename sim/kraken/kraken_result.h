// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "models/tensor.h"

namespace qnnsim {

struct KrakenSystem;
struct Result;

/// Words of each stream, as they lie in memory; headers and what fills up bus beats do not count.
struct KrakenWords {
  std::uint64_t pixels = 0;
  std::uint64_t weights = 0;
  std::uint64_t sums = 0;
  std::uint64_t total() const { return pixels + weights + sums; }
};

/// How the engine spent its clocks; they sum to all of them.
struct KrakenClocks {
  std::uint64_t beats = 0;       ///< multiplied
  std::uint64_t shifts = 0;      ///< moved sums to the next column
  std::uint64_t configures = 0;  ///< set up an iteration (ideal profile)
  // Stood still
  std::uint64_t pixels = 0;     ///< for pixels
  std::uint64_t weights = 0;    ///< for weights
  std::uint64_t output = 0;     ///< until the output pipe had moved the sums before
  std::uint64_t processor = 0;  ///< until the processor had the layer before, or a buffer free
  std::uint64_t computing() const { return beats + shifts + configures; }
  std::uint64_t total() const { return computing() + pixels + weights + output + processor; }
};

/// What a layer, or several, took; of a batch.
struct KrakenFigures {
  KrakenClocks clocks;
  KrakenWords words;
  std::uint64_t bytes = 0;             ///< of these words
  std::uint64_t macs = 0;              ///< multiply-accumulates
  std::uint64_t macs_valid = 0;        ///< without those with padding
  std::uint64_t processor_cycles = 0;  ///< [engine clocks] of the processor's work
  double efficiency = 0;               ///< valid multiply-accumulates / (elements x clocks)
  double intensity = 0;  ///< [operations / word], two operations a multiply-accumulate
  double gops = 0;       ///< [1e9 valid operations / s]
  double fps = 0;        ///< [frames / s], if nothing else took time
};

/// One layer of the engine.
struct KrakenLayerResult {
  std::string name;
  std::string kind;  ///< conv, dense or product
  std::string kernel;
  int group_columns = 1;  ///< G
  int column_groups = 1;  ///< E
  int iterations = 1;     ///< T, of all groups
  int blocks = 1;         ///< L
  int shared_rows = 0;    ///< F
  int passes = 1;
  int idle_columns = 0;
  KrakenFigures figures;
  std::string bound;  ///< what took most of the clocks: array, pixels, weights, output, processor
  // [GB/s] that each stream needs for the array never to wait
  double pixels_gb_s = 0;
  double weights_gb_s = 0;
  double sums_gb_s = 0;
  std::uint64_t ram_weights_depth = 0;  ///< [words] that its passes take
  std::uint64_t ram_edges_depth = 0;    ///< [words]
  int sum_bits = 0;                     ///< [bits] of its greatest sum
};

/// What a Kraken engine did.
struct KrakenResult {
  std::string profile;  ///< rtl or ideal
  int rows = 0;
  int columns = 0;
  int batch = 1;
  std::uint64_t batches = 0;  ///< figures are means of these
  std::vector<KrakenLayerResult> layers;
  KrakenFigures convolutions;          ///< of all layers of kind conv
  KrakenFigures network;               ///< of all layers
  std::uint64_t processor_before = 0;  ///< [engine clocks] before the first layer, of a batch
  // [words] of the RAMs: as the passes are, and the least with more passes
  std::uint64_t ram_weights_depth = 0;
  std::uint64_t least_ram_weights_depth = 0;
  std::uint64_t ram_edges_depth = 0;
  std::uint64_t least_ram_edges_depth = 0;
};

/// Nothing where the run is partial, or where the array ran as RTL without its model.
std::optional<KrakenResult> kraken_result(const KrakenSystem& system, const Result& result);

/// The network's output as the processor has it, frame by frame.
std::vector<Value> kraken_output(const KrakenSystem& system);

nlohmann::ordered_json to_json(const KrakenResult& result);
/// Layers and totals for people.
std::string kraken_table(const KrakenResult& result);

}  // namespace qnnsim
