// SPDX-License-Identifier: Apache-2.0
//
// What Mvu and Vvu have in common: pe x simd multiply-accumulators that tiles of weights meet, from
// a memory or from a stream. `Params` is MvuParams or VvuParams.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "models/kernel.h"
#include "models/mac_style.h"
#include "models/operator.h"

namespace qnnsim {

/// Reads the parameters that both have.
template <class Params>
void read_matrix_unit(AttributeReader& attributes, Params& params) {
  params.pe = attributes.count("pe");
  params.simd = attributes.count("simd");
  params.input_type = attributes.type("input_type");
  params.weight_type = attributes.type("weight_type");
  params.output_type = attributes.type("output_type");
  params.weight_stream = attributes.boolean("weight_stream", false);
  params.mac = dsp_style(attributes.choice("mac", {"LUT", "DSP48E1", "DSP48E2", "DSP58"}));
}

template <class Params>
MacArray matrix_unit_mac_array(const Params& params) {
  MacArray array;
  array.style = params.mac;
  array.pe = params.pe;
  array.simd = params.simd;
  array.weight = params.weight_type;
  array.activation = params.input_type;
  array.narrow = params.narrow_weights;
  array.folds = params.folds_in();
  array.result_bits = params.output_type.bits();
  return array;
}

/// `own` are the traits that the other does not have.
template <class Params>
Traits matrix_unit_traits(const Params& params, Traits own) {
  own.merge(Traits{{"pe", params.pe},
                   {"simd", params.simd},
                   {"folds_in", params.folds_in()},
                   {"folds_out", params.folds_out()},
                   {"input_bits", params.input_type.bits()},
                   {"weight_bits", params.weight_type.bits()},
                   {"output_bits", params.output_type.bits()},
                   {"input_bipolar", params.input_type.is_bipolar() ? 1 : 0},
                   {"weight_bipolar", params.weight_type.is_bipolar() ? 1 : 0},
                   {"dsps", static_cast<std::int64_t>(params.mac_array().dsps())},
                   {"weight_stream", params.weight_stream ? 1 : 0},
                   {"mac", static_cast<std::int64_t>(params.mac)}});
  return own;
}

/// A tile of weights as a stream has it, which comes in one cycle.
template <class Params>
Port weight_tile(const Params& params) {
  return {params.pe * params.simd, params.weight_type, 0};
}

/// Those of the output queue and of the weights.
template <class Params>
std::vector<KernelMemory> matrix_unit_memories(const Params& params, const Port& output,
                                               int pipeline_depth) {
  std::vector<KernelMemory> memories = queue_memory(output, pipeline_depth);
  if (params.weight_stream) return memories;
  memories.push_back({params.tiles(), weight_tile(params).width_bits(), params.memory, 1, true});
  return memories;
}

/// `module` with the parameters and the weights that both have, behind those that it has already;
/// `tiles` is asked for the weights unless they are a stream.
template <class Params>
RtlModule matrix_unit_rtl(RtlModule module, const Params& params,
                          const std::function<std::vector<Value>()>& tiles) {
  module.set("Pe", params.pe)
      .set("Simd", params.simd)
      .set_type("Weight", params.weight_type)
      .set_type("In", params.input_type)
      .set("OutWidth", params.output_type.bits())
      .set("Core", static_cast<std::int64_t>(params.mac))
      .set("Narrow", params.narrow_weights ? 1 : 0)
      .set("WeightStream", params.weight_stream ? 1 : 0);
  if (params.weight_stream) {
    module.input_prefixes = {"", "weight_"};
    return module;
  }
  const Port tile = weight_tile(params);
  module.unused_inputs = {{"weight_", tile.width_bits()}};
  module.set_text("Memory", params.memory);
  return module.set_memory({"WeightFile", tile.lanes, tile.type, tiles()});
}

}  // namespace qnnsim
