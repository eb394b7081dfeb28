// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/rtl_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace qnnsim {
namespace {

/// The ports that some streams share.
struct SharedPort {
  std::string prefix;
  std::vector<std::string> valid;
  std::vector<std::string> ready;
  std::vector<std::string> data;
};

std::vector<SharedPort> shared_ports(const std::vector<StreamWires>& streams,
                                     const std::vector<std::string>& prefixes) {
  std::vector<SharedPort> ports;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    const std::string& prefix = prefixes.at(std::min(i, prefixes.size() - 1));
    auto port = std::find_if(ports.begin(), ports.end(),
                             [&](const SharedPort& each) { return each.prefix == prefix; });
    if (port == ports.end()) port = ports.insert(port, {prefix, {}, {}, {}});
    port->valid.push_back(streams[i].valid);
    port->ready.push_back(streams[i].ready);
    port->data.push_back(streams[i].data);
  }
  return ports;
}

std::string bindings_text(const Bindings& bindings) {
  std::size_t longest = 0;
  for (const auto& [name, value] : bindings) {
    if (value != name) longest = std::max(longest, name.size());
  }
  std::string text;
  for (const auto& [name, value] : bindings) {
    if (!text.empty()) text += ",\n";
    text += value == name ? fmt::format("    .{}", name)
                          : fmt::format("    .{:<{}} ({})", name, longest, value);
  }
  return text;
}

}  // namespace

std::string concatenation(const std::vector<std::string>& first_to_last) {
  if (first_to_last.size() == 1) return first_to_last.front();
  return fmt::format("{{{}}}", fmt::join(first_to_last.rbegin(), first_to_last.rend(), ", "));
}

Bindings stream_pins(const RtlModule& module, const std::vector<StreamWires>& inputs,
                     const std::vector<StreamWires>& outputs) {
  Bindings pins;
  for (const SharedPort& port : shared_ports(inputs, module.input_prefixes)) {
    pins.emplace_back(port.prefix + "valid_i", concatenation(port.valid));
    pins.emplace_back(port.prefix + "ready_o", concatenation(port.ready));
    pins.emplace_back(port.prefix + "data_i", concatenation(port.data));
  }
  for (const auto& [prefix, bits] : module.unused_inputs) {
    pins.emplace_back(prefix + "valid_i", "1'b0");
    pins.emplace_back(prefix + "ready_o", "");
    pins.emplace_back(prefix + "data_i", fmt::format("{}'d0", bits));
  }
  for (const SharedPort& port : shared_ports(outputs, module.output_prefixes)) {
    pins.emplace_back(port.prefix + "valid_o", concatenation(port.valid));
    pins.emplace_back(port.prefix + "ready_i", concatenation(port.ready));
    pins.emplace_back(port.prefix + "data_o", concatenation(port.data));
  }
  return pins;
}

std::string instance_text(const std::string& module, const Bindings& parameters,
                          const std::string& name, const Bindings& pins) {
  const std::string values =
      parameters.empty() ? "" : fmt::format(" #(\n{}\n  )", bindings_text(parameters));
  return fmt::format("  {}{} {} (\n{}\n  );\n", module, values, name, bindings_text(pins));
}

std::string range_text(std::int64_t bits) { return fmt::format("[{}:0]", bits - 1); }

}  // namespace qnnsim
