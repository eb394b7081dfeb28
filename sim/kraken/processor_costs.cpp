// SPDX-License-Identifier: Apache-2.0
#include "sim/kraken/processor_costs.h"

#include <utility>

namespace qnnsim {
namespace {

constexpr std::pair<const char*, ProcessorWork> kKeys[] = {
    {"sum", ProcessorWork::kSum},
    {"bias", ProcessorWork::kBias},
    {"activation", ProcessorWork::kActivation},
    {"add", ProcessorWork::kAdd},
    {"pool", ProcessorWork::kPool},
    {"softmax", ProcessorWork::kSoftmax},
    {"tile", ProcessorWork::kTile},
    {"other", ProcessorWork::kOther}};

}  // namespace

double ProcessorCosts::engine_cycles(ProcessorWork work, double words, double engine_mhz) const {
  const auto found = cycles.find(work);
  if (found == cycles.end()) return 0;
  const double scale = clock_mhz > 0 ? engine_mhz / clock_mhz : 1;
  return found->second * words * scale;
}

ProcessorCosts read_processor_costs(YamlReader reader) {
  ProcessorCosts costs;
  if (reader.has("clock_mhz")) costs.clock_mhz = reader.positive("clock_mhz");
  YamlReader cycles = reader.map("cycles", "'cycles'");
  for (const auto& [key, work] : kKeys) {
    if (cycles.has(key)) costs.cycles[work] = cycles.positive(key);
  }
  cycles.finish();
  reader.finish();
  return costs;
}

ProcessorWork processor_work(const std::string& op) {
  if (op == "threshold" || op == "activation") return ProcessorWork::kActivation;
  if (op == "scale_bias") return ProcessorWork::kBias;
  if (op == "add") return ProcessorWork::kAdd;
  if (op == "softmax") return ProcessorWork::kSoftmax;
  return op.find("pool") != std::string::npos ? ProcessorWork::kPool : ProcessorWork::kOther;
}

}  // namespace qnnsim
