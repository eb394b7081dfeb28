// SPDX-License-Identifier: Apache-2.0
#include "sim/kraken/kraken_plan_table.h"

#include <fmt/format.h>

#include "sim/text_table.h"

namespace qnnsim {

std::uint64_t least_clocks(const KrakenPlan& plan, const KrakenLayer& layer) {
  if (plan.is_ideal()) return layer.ideal_clocks();
  std::uint64_t clocks = 0;
  for (int pass = 0; pass < layer.passes(); ++pass) clocks += layer.packet(pass).clocks();
  return clocks * std::uint64_t(layer.groups) * std::uint64_t(layer.iterations);
}

std::string kraken_plan_table(const KrakenPlan& plan) {
  TextTable table({{"layer", "", TextTable::Align::kLeft},
                   {"map", ""},
                   {"kernel", ""},
                   {"Ci", ""},
                   {"Co", ""},
                   {"G", ""},
                   {"E", ""},
                   {"idle", "[columns]"},
                   {"T", ""},
                   {"L", ""},
                   {"passes", ""},
                   {"least", "[clocks]"},
                   {"weights", "[RAM words]"},
                   {"edges", "[RAM words]"},
                   {"sum", "[bits]"}});
  for (const KrakenLayer& layer : plan.layers) {
    table.add({layer.name, fmt::format("{} x {} x {}", layer.images, layer.height, layer.width),
               fmt::format("{} x {}", layer.kernel_h, layer.kernel_w),
               fmt::to_string(layer.channels_in), fmt::to_string(layer.channels_out),
               fmt::to_string(layer.group_columns), fmt::to_string(layer.column_groups),
               fmt::to_string(layer.idle_columns(plan.settings.params)),
               fmt::to_string(layer.iterations * layer.groups), fmt::to_string(layer.blocks),
               fmt::to_string(layer.passes()), fmt::to_string(least_clocks(plan, layer)),
               fmt::to_string(layer.ram_weights_depth()), fmt::to_string(layer.ram_edges_depth()),
               fmt::to_string(layer.sum_bits)});
  }
  return table.render();
}

nlohmann::ordered_json to_json(const KrakenPlan& plan) {
  nlohmann::ordered_json layers = nlohmann::ordered_json::array();
  for (const KrakenLayer& layer : plan.layers) {
    layers.push_back({{"name", layer.name},
                      {"images", layer.images},
                      {"height", layer.height},
                      {"width", layer.width},
                      {"kernel", {layer.kernel_h, layer.kernel_w}},
                      {"channels_in", layer.channels_in},
                      {"channels_out", layer.channels_out},
                      {"groups", layer.groups},
                      {"G", layer.group_columns},
                      {"E", layer.column_groups},
                      {"T", layer.iterations * layer.groups},
                      {"L", layer.blocks},
                      {"F", layer.shared_rows},
                      {"pass_channels", layer.pass_channels},
                      {"idle_columns", layer.idle_columns(plan.settings.params)},
                      {"least_clocks", least_clocks(plan, layer)},
                      {"ram_weights_depth", layer.ram_weights_depth()},
                      {"ram_edges_depth", layer.ram_edges_depth()},
                      {"sum_bits", layer.sum_bits}});
  }
  return {{"profile", plan.is_ideal() ? "ideal" : "rtl"},
          {"processing_elements", {plan.settings.params.rows, plan.settings.params.columns}},
          {"batch", plan.settings.batch},
          {"layers", std::move(layers)}};
}

}  // namespace qnnsim
