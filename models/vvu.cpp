// SPDX-License-Identifier: Apache-2.0
#include "models/vvu.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "models/block.h"
#include "models/matrix_unit.h"
#include "models/mvu.h"

namespace qnnsim {
namespace {

VvuParams checked(VvuParams p) {
  require_positive("vvu", "channels", p.channels);
  require_positive("vvu", "window", p.window);
  require_positive("vvu", "pixels", p.pixels);
  require_divisor("vvu", "pe", p.pe, "channels", p.channels);
  require_divisor("vvu", "simd", p.simd, "window", p.window);
  const std::string refusal = p.mac_array().refusal();
  require(refusal.empty(), "vvu: " + refusal);
  return p;
}

std::vector<Port> input_ports(const VvuParams& p) {
  const std::uint64_t beats = p.pixels * p.tiles();
  std::vector<Port> ports = {{p.simd * p.pe, p.input_type, beats}};
  if (p.weight_stream) ports.push_back({p.simd * p.pe, p.weight_type, beats});
  return ports;
}

std::unique_ptr<Kernel> create_block(AttributeReader& a) {
  VvuParams p;
  p.channels = a.count("channels");
  p.window = a.count("window");
  p.pixels = static_cast<std::uint64_t>(a.count("pixels", 1));
  read_matrix_unit(a, p);
  return std::make_unique<Vvu>(p);
}

const BlockRegistration kBlock("vvu", create_block);

}  // namespace

MacArray VvuParams::mac_array() const {
  MacArray array = matrix_unit_mac_array(*this);
  array.depthwise = true;
  return array;
}

std::vector<Value> weight_tiles(const VvuParams& params, const std::vector<Value>& weights) {
  std::vector<Value> tiles;
  tiles.reserve(weights.size());
  for (int first = 0; first < params.channels; first += params.pe) {
    for (int position = 0; position < params.window; ++position) {
      for (int pe = 0; pe < params.pe; ++pe) {
        tiles.push_back(weights[(first + pe) * params.window + position]);
      }
    }
  }
  return tiles;
}

Vvu::Vvu(VvuParams params, std::vector<Value> weights)
    : Kernel{input_ports(checked(params)),
             {{params.pe, params.output_type, params.pixels * params.folds_out()}}},
      params_(params),
      pipeline_(mac_pipeline_depth(params.simd)),
      weights_(std::move(weights)) {}

Step Vvu::tick(Cycle) {
  Fifo& output = out();
  const bool still = pipeline_.is_still(output);
  const bool operand = in().can_pop();
  const bool starved = !operand || (params_.weight_stream && !in(1).can_pop());
  const bool completes = fold_in_ == params_.folds_in() - 1;
  if (starved || (completes && !pipeline_.has_room(output))) {
    pipeline_.advance(output, false);
    return starved ? Step::starved(still, operand) : Step::blocked(still);
  }
  if (!sums_.empty()) {
    accumulate();
    if (completes) {
      std::copy(sums_.begin(), sums_.end(), pipeline_.issue_slot());
      std::fill(sums_.begin(), sums_.end(), 0);
    }
  }
  in().pop();
  if (params_.weight_stream) in(1).pop();
  pipeline_.advance(output, completes);
  if (!completes) {
    ++fold_in_;
  } else {
    fold_in_ = 0;
    if (++fold_out_ == params_.folds_out()) fold_out_ = 0;
  }
  return Step::busy();
}

std::string Vvu::idle_lanes() const {
  return params_.mac_array().idle_lanes(params_.channels, params_.window);
}

std::uint64_t Vvu::macs() const {
  return params_.pixels * std::uint64_t(params_.channels) * params_.window;
}

void Vvu::require_weights() const {
  require(weights_.size() == std::size_t(params_.channels) * params_.window,
          "vvu: channels x window weights are needed");
}

std::optional<RtlModule> Vvu::rtl() const {
  RtlModule module("qnn_vvu");
  module.set("FoldsIn", params_.folds_in()).set("FoldsOut", params_.folds_out());
  return matrix_unit_rtl(std::move(module), params_, [this] {
    require_weights();
    return weight_tiles(params_, weights_);
  });
}

void Vvu::carry_data() {
  if (!params_.weight_stream) require_weights();
  sums_.assign(params_.pe, 0);
  pipeline_.carry_data(params_.pe);
}

void Vvu::accumulate() {
  const Value* beat = in().front();
  for (int s = 0; s < params_.simd; ++s) {
    const int position = fold_in_ * params_.simd + s;
    for (int pe = 0; pe < params_.pe; ++pe) {
      const int channel = fold_out_ * params_.pe + pe;
      const Value weight = params_.weight_stream ? in(1).front()[s * params_.pe + pe]
                                                 : weights_[channel * params_.window + position];
      sums_[pe] += *beat++ * weight;
    }
  }
}

std::optional<Schedule> Vvu::schedule() const {
  Schedule schedule;
  schedule.latency = pipeline_.depth();
  Issue issue;
  issue.inputs = params_.weight_stream ? 2 : 1;
  schedule.issues.assign(params_.folds_in(), issue);
  schedule.issues.back().emits = 1;
  return schedule;
}

Traits Vvu::traits() const {
  return matrix_unit_traits(params_, {{"channels", params_.channels},
                                      {"window", params_.window},
                                      {"pixels", static_cast<std::int64_t>(params_.pixels)}});
}

std::vector<KernelMemory> Vvu::memories() const {
  return matrix_unit_memories(params_, outputs().front(), pipeline_.depth());
}

}  // namespace qnnsim
