// SPDX-License-Identifier: Apache-2.0
#include "models/vvu.h"

#include <algorithm>
#include <utility>

#include "models/mvu.h"

namespace qnnsim {
namespace {

VvuParams checked(VvuParams p) {
  require_positive("vvu", "channels", p.channels);
  require_positive("vvu", "window", p.window);
  require_positive("vvu", "pixels", p.pixels);
  require_divisor("vvu", "pe", p.pe, "channels", p.channels);
  require_divisor("vvu", "simd", p.simd, "window", p.window);
  return p;
}

std::vector<Port> input_ports(const VvuParams& p) {
  const std::uint64_t beats = p.pixels * p.tiles();
  std::vector<Port> ports = {{p.simd * p.pe, p.input_type, beats}};
  if (p.weight_stream) ports.push_back({p.simd * p.pe, p.weight_type, beats});
  return ports;
}

}  // namespace

Vvu::Vvu(VvuParams params, std::vector<Value> weights)
    : Kernel{input_ports(checked(params)),
             {{params.pe, params.output_type, params.pixels * params.folds_out()}}},
      params_(params),
      pipeline_(mac_pipeline_depth(params.simd)),
      weights_(std::move(weights)) {}

Step Vvu::tick(Cycle) {
  Fifo& output = out();
  const bool still = pipeline_.is_still(output);
  const bool starved = !in().can_pop() || (params_.weight_stream && !in(1).can_pop());
  const bool completes = fold_in_ == params_.folds_in() - 1;
  if (starved || (completes && !pipeline_.has_room(output))) {
    pipeline_.advance(output, false);
    return starved ? Step::starved(still) : Step::blocked(still);
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

std::uint64_t Vvu::macs() const {
  return params_.pixels * std::uint64_t(params_.channels) * params_.window;
}

void Vvu::carry_data() {
  require(
      params_.weight_stream || weights_.size() == std::size_t(params_.channels) * params_.window,
      "vvu: channels x window weights are needed");
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

}  // namespace qnnsim
