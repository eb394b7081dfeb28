// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/resources.h"
#include "sim/cost_model.h"
#include "sim/scenario.h"

namespace qnnsim {

/// A value that a scenario's folding gives a kernel: `<layer>.<kind>: {<key>: <value>}`.
struct FoldingValue {
  std::string kind;
  std::string key;
  std::string value;
};

/// The `kind` of values that are said of a layer's weights in memory, not in the folding.
inline constexpr char kWeightsTensor[] = "weights";

/// One legal way to fold a layer.
struct LayerOption {
  std::uint32_t structure = 0;  ///< of LayerSpace::structures: what decides beats and cycles
  std::uint32_t style = 0;      ///< what its kernels are made of
  std::uint64_t cycles = 0;     ///< [cycles per frame] of its slowest kernel
  std::uint64_t traffic = 0;    ///< [bytes per frame] from and to memory
  Resources resources;          ///< of its kernels and of the FIFOs between them
};

/// A kernel in one of the styles (memory, arithmetic, where its weights lie) that leave its beats
/// as they are.
struct KernelStyle {
  std::vector<FoldingValue> values;
  Resources resources;        ///< with the kernels that fetch its weights
  std::uint64_t cycles = 0;   ///< [cycles per frame] of these
  std::uint64_t traffic = 0;  ///< [bytes per frame] of weights from memory
};

/// The values that decide beats and cycles of a layer.
struct LayerStructure {
  std::vector<FoldingValue> values;
  std::vector<int> lanes_in;  ///< [elements per beat] that it takes, by input
  int lanes_out = 1;          ///< [elements per beat]
  std::uint64_t cycles = 0;   ///< [cycles per frame] of its slowest kernel
  Resources fixed;            ///< of all that has no styles
  std::vector<const std::vector<KernelStyle>*> styles;  ///< by kernel that has
};

/// Every way to fold a layer that another one does not beat in all respects.
class LayerSpace {
 public:
  std::vector<LayerStructure> structures;
  std::vector<LayerOption> options;
  std::map<std::string, std::vector<KernelStyle>> styles;  ///< by what tells kernels apart
  std::uint64_t evaluated = 0;                             ///< options before dominated ones left
  int weight_bits = 0;  ///< [bits] of a weight; 0 where there are none

  const LayerStructure& structure(const LayerOption& option) const {
    return structures[option.structure];
  }
  /// Everything that the scenario must say of the layer.
  std::vector<FoldingValue> values(const LayerOption& option) const;
};

/// What lies between two layers: FIFOs and, where beats differ, a width converter; or a fork with
/// the FIFO in front of it.
struct Link {
  std::uint64_t cycles = 0;  ///< [cycles per frame]
  Resources resources;
};

struct SpaceOptions {
  bool prune = true;             ///< leave out options that others beat in all respects
  bool styles = true;            ///< else every kernel has its first style only
  bool weights_in_dram = false;  ///< may lie in the scenario's memories
  bool input_in_dram = false;
  bool output_in_dram = false;
  double bytes_per_cycle = 0;  ///< that all that is in memory shares; 0: any number
};

/// What a folding takes.
struct FoldingTotals {
  std::uint64_t cycles = 0;   ///< [cycles per frame] of the slowest kernel, or of the memory
  std::uint64_t traffic = 0;  ///< [bytes per frame] from and to memory
  Resources resources;
};

/// Weights that a folding reads from memory.
struct WeightsInMemory {
  std::string tensor;         ///< "fc0.weights"
  int bus_bits = 64;          ///< that its master takes
  std::uint64_t traffic = 0;  ///< [bytes per frame]
};

/// By stage: an index into its options.
using FoldingChoice = std::vector<std::uint32_t>;

/// All foldings of a network: stage 0 is the source, then one stage a layer, the last is the sink.
///
/// The options of a layer are found by lowering it alone, once for each combination of the values
/// that it asks for; so a new layer needs nothing here. Equal layers share one list.
class FoldingSpace {
 public:
  /// With the scenario's cost model.
  explicit FoldingSpace(const Scenario& scenario, const SpaceOptions& options = {});

  struct Stage {
    std::string name;
    std::shared_ptr<const LayerSpace> space;
    std::vector<int> inputs;              ///< stages that it reads
    int readers = 0;                      ///< of its output
    Resources extra;                      ///< beside its option: what FIFOs turned out to take
    DataType type = DataType::bipolar();  ///< of its output
    std::uint64_t elements = 1;           ///< [elements per frame] of its output
  };

  const std::vector<Stage>& stages() const { return stages_; }
  std::vector<Stage>& stages() { return stages_; }
  const LayerSpace& space(std::size_t stage) const { return *stages_[stage].space; }

  /// Must the reader `stage` take the beats of its input `input` as they come?
  bool is_tied(std::size_t stage, std::size_t input) const;
  /// Between the output of stage `producer`, `from` lanes, and a kernel that takes `to`.
  const Link& link(std::size_t producer, int from, int to) const;
  /// What hands the output of `producer` to several readers; nothing where there is one.
  Link fork(std::size_t producer, int lanes) const;

  FoldingTotals evaluate(const FoldingChoice& choice) const;
  /// Does every tied reader take its input as it comes?
  bool is_legal(const FoldingChoice& choice) const;
  /// The scenario's `folding` of the stages [first, last), in YAML.
  std::string folding_yaml(const FoldingChoice& choice, std::size_t first, std::size_t last) const;
  std::string folding_yaml(const FoldingChoice& choice) const {
    return folding_yaml(choice, 1, choice.size() - 1);
  }
  /// The weights of the stages [first, last) that are not on the device.
  std::vector<WeightsInMemory> weights_in_memory(const FoldingChoice& choice, std::size_t first,
                                                 std::size_t last) const;
  /// [cycles per frame] of every option, ascending: every interval that a folding may have that
  /// does not wait for memory.
  std::vector<std::uint64_t> intervals() const;
  /// Options before dominated ones left, over all stages.
  std::uint64_t evaluated() const;
  std::size_t classes() const { return classes_; }  ///< layers of which no two are equal
  /// Of the memory; 0: any number.
  double bytes_per_cycle() const { return options_.bytes_per_cycle; }
  void set_bytes_per_cycle(double bytes) { options_.bytes_per_cycle = bytes; }
  const SpaceOptions& options() const { return options_; }
  /// [bytes] that memory moves in so many cycles.
  std::int64_t traffic_in(std::uint64_t cycles) const;

  /// The stages [first, last) as a network of their own, behind a source of any width; `first` and
  /// `last` are cuts, 1, or the sink.
  FoldingSpace segment(std::size_t first, std::size_t last) const;
  /// Stages in front of which the network may be cut: a single stream crosses, from the stage
  /// before.
  std::vector<std::size_t> cuts() const;

 private:
  FoldingSpace() = default;

  void add_masters(const Scenario& scenario);
  std::shared_ptr<const LayerSpace> source_space(const Scenario& scenario) const;
  std::shared_ptr<const LayerSpace> sink_space(const Scenario& scenario) const;

  CostModel costs_;
  SpaceOptions options_;
  std::uint64_t depth_ = 2;  ///< [beats] of FIFOs
  std::vector<Stage> stages_;
  bool source_is_tied_ = true;
  /// Masters of memory at the ends: their beats are as wide as their bus says.
  std::shared_ptr<const LayerSpace> reader_;
  std::shared_ptr<const LayerSpace> writer_;
  std::size_t classes_ = 0;
  mutable std::vector<std::map<std::pair<int, int>, Link>> links_;  ///< known ones, by producer
};

}  // namespace qnnsim
