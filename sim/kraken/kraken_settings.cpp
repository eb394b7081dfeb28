// SPDX-License-Identifier: Apache-2.0
#include "sim/kraken/kraken_settings.h"

#include <limits>

namespace qnnsim {
namespace {

constexpr std::int64_t kMost = 1 << 24;

int integer(YamlReader& reader, const char* key, int fallback, std::int64_t low = 1) {
  return static_cast<int>(reader.integer(key, fallback, low, kMost));
}

/// In (0, 1]; 1 where the key is absent.
double probability(YamlReader& reader, const char* key) {
  const double value = reader.positive(key, 1.0);
  if (value <= 1) return value;
  reader.complain(key, std::string("'") + key + "' must be a probability above 0, at most 1");
  return 1;
}

}  // namespace

KrakenSettings read_kraken(YamlReader reader, const ProcessorCosts& platform, Findings& findings) {
  const std::size_t before = findings.all().size();
  KrakenSettings settings;
  settings.place = reader.place();
  const bool ideal = reader.choice("profile", {"rtl", "ideal"}) == "ideal";
  settings.profile = ideal ? KrakenProfile::kIdeal : KrakenProfile::kRtl;
  KrakenParams& p = settings.params;
  reader.require("processing_elements", "[rows, columns]");
  if (const auto elements = reader.integers("processing_elements", 1, 4096, 2);
      elements.size() == 2) {
    p.rows = static_cast<int>(elements[0]);
    p.columns = static_cast<int>(elements[1]);
  } else if (reader.has("processing_elements")) {
    reader.complain("processing_elements", "'processing_elements' must be [rows, columns]");
  }
  settings.frequency_mhz = reader.positive("frequency_mhz");
  p.bits_input = integer(reader, "bits_input", 8);
  p.bits_weights = integer(reader, "bits_weights", 8);
  p.bits_sum = integer(reader, "bits_sum", 32);
  settings.bits_bias = integer(reader, "bits_bias", 16);
  p.max_batch_size = integer(reader, "max_batch_size", p.max_batch_size);
  p.max_channels_in = integer(reader, "max_channels_in", p.max_channels_in);
  p.max_kernel_size = integer(reader, "max_kernel_size", p.max_kernel_size);
  p.max_image_size = integer(reader, "max_image_size", p.max_image_size);
  p.ram_weights_depth = integer(reader, "ram_weights_depth", p.ram_weights_depth);
  p.ram_edges_depth = integer(reader, "ram_edges_depth", p.ram_edges_depth);
  p.axi_width = integer(reader, "axi_width", p.axi_width);
  settings.batch = integer(reader, "batch", 1);
  settings.valid_prob = probability(reader, "valid_prob");
  settings.ready_prob = probability(reader, "ready_prob");
  settings.processor = reader.has("processor")
                           ? read_processor_costs(reader.map("processor", "the processor"))
                           : platform;
  reader.finish();
  if (findings.all().size() > before) return settings;
  try {
    p.check();
  } catch (const ParameterError& error) {
    findings.add(settings.place, error.what());
  }
  return settings;
}

}  // namespace qnnsim
