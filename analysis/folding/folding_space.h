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

/// One legal way to fold a layer.
struct LayerOption {
  std::uint32_t structure = 0;  ///< of LayerSpace::structures: what decides beats and cycles
  std::uint32_t style = 0;      ///< what its kernels are made of
  std::uint64_t cycles = 0;     ///< [cycles per frame] of its slowest kernel
  Resources resources;          ///< of its kernels and of the FIFOs between them
};

/// A kernel in one of the styles (memory, arithmetic) that leave its beats and cycles as they are.
struct KernelStyle {
  std::vector<FoldingValue> values;
  Resources resources;
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
  bool prune = true;          ///< leave out options that others beat in all respects
  bool styles = true;         ///< else every kernel has its first style only
  double bits_per_cycle = 0;  ///< that input and output share; 0: any number
};

/// What a folding takes.
struct FoldingTotals {
  std::uint64_t cycles = 0;  ///< [cycles per frame] of the slowest kernel
  Resources resources;
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
  /// The scenario's `folding`, in YAML.
  std::string folding_yaml(const FoldingChoice& choice) const;
  /// [cycles per frame] of every option, ascending: every interval that a folding may have.
  std::vector<std::uint64_t> intervals() const;
  /// Options before dominated ones left, over all stages.
  std::uint64_t evaluated() const;
  std::size_t classes() const { return classes_; }  ///< layers of which no two are equal

  /// The stages [first, last) as a network of their own, behind a source of any width; `first` and
  /// `last` are cuts, 1, or the sink.
  FoldingSpace segment(std::size_t first, std::size_t last) const;
  /// Stages in front of which the network may be cut: a single stream crosses, from the stage
  /// before.
  std::vector<std::size_t> cuts() const;

 private:
  FoldingSpace() = default;

  std::shared_ptr<const LayerSpace> source_space(const Scenario& scenario) const;
  std::shared_ptr<const LayerSpace> sink_space(const Scenario& scenario) const;

  CostModel costs_;
  double bits_per_cycle_ = 0;
  std::uint64_t depth_ = 2;  ///< [beats] of FIFOs
  std::vector<Stage> stages_;
  bool source_is_tied_ = true;
  std::size_t classes_ = 0;
  mutable std::vector<std::map<std::pair<int, int>, Link>> links_;  ///< known ones, by producer
};

}  // namespace qnnsim
