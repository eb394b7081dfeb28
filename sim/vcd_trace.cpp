// SPDX-License-Identifier: Apache-2.0
#include "sim/vcd_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "version.h"

namespace qnnsim {
namespace {

constexpr std::size_t kFifoSignals = 3;  // valid, ready, occupancy

/// The short name of a signal: digits of base 94 from the printable characters.
std::string code(std::size_t signal) {
  std::string text;
  for (;; signal /= 94) {
    text += static_cast<char>('!' + signal % 94);
    if (signal < 94) return text;
  }
}

/// The width of an unsigned vector that holds `most`; at least 2, since one bit is no vector.
int bits_for(std::uint64_t most) {
  int bits = 2;
  while (bits < 64 && (most >> bits) != 0) ++bits;
  return bits;
}

/// A name without the dot, which separates scopes.
std::string flat(std::string name) {
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

/// `body` in a scope; nothing where it is empty.
std::string scope(const std::string& name, const std::string& body) {
  if (body.empty()) return {};
  return fmt::format("$scope module {} $end\n{}$upscope $end\n", name, body);
}

}  // namespace

VcdTrace::VcdTrace(const std::string& path, const Scenario& scenario, const Dataflow& dataflow)
    : ChangeTrace(scenario, dataflow), clock_mhz_(scenario.clock_mhz), file_(path) {
  for (std::size_t edge : selection().edges) depths_.push_back(dataflow.edges[edge].depth);
  handshakes_.resize(depths_.size());
  file_.write(
      fmt::format("$version qnnsim {} $end\n"
                  "$comment {}, {} MHz: cycle n begins at round(n * {} ps) $end\n"
                  "$comment state: 00 busy, 01 starved, 10 blocked $end\n"
                  "$timescale 1 ps $end\n{}$enddefinitions $end\n",
                  kVersion, scenario.name, clock_mhz_, 1e6 / clock_mhz_, declare_all(dataflow)));
}

/// Kernels come first, then the FIFOs.
std::size_t VcdTrace::first_signal(std::size_t fifo) const {
  return selection().nodes.size() + kFifoSignals * fifo;
}

std::string VcdTrace::declare_all(const Dataflow& dataflow) const {
  std::vector<std::string> layers;
  for (const KernelNode& node : dataflow.nodes) {
    if (std::find(layers.begin(), layers.end(), node.layer) == layers.end()) {
      layers.push_back(node.layer);
    }
  }
  std::string text;
  for (const std::string& layer : layers) {
    std::string body;
    for (std::size_t i = 0; i < dataflow.nodes.size(); ++i) {
      if (dataflow.nodes[i].layer == layer) body += declare_kernel(dataflow, i);
    }
    text += scope(layer, body);
  }
  return text;
}

std::string VcdTrace::declare_kernel(const Dataflow& dataflow, std::size_t node) const {
  std::string body;
  const auto& nodes = selection().nodes;
  const auto chosen = std::lower_bound(nodes.begin(), nodes.end(), node);
  if (chosen != nodes.end() && *chosen == node) {
    const auto signal = static_cast<std::size_t>(chosen - nodes.begin());
    body += fmt::format("$var reg 2 {} state [1:0] $end\n", code(signal));
  }
  for (std::size_t i = 0; i < depths_.size(); ++i) {
    const Edge& edge = dataflow.edges[selection().edges[i]];
    if (static_cast<std::size_t>(edge.to) == node) body += declare_fifo(dataflow, i);
  }
  const std::string& name = dataflow.nodes[node].name;
  const std::string& layer = dataflow.nodes[node].layer;
  if (name == layer) return body;
  const bool has_prefix = name.compare(0, layer.size() + 1, layer + ".") == 0;
  return scope(flat(has_prefix ? name.substr(layer.size() + 1) : name), body);
}

std::string VcdTrace::declare_fifo(const Dataflow& dataflow, std::size_t index) const {
  const Edge& edge = dataflow.edges[selection().edges[index]];
  const std::size_t signal = first_signal(index);
  const int bits = bits_for(edge.depth);
  return scope(fmt::format("in{}_{}", edge.to_port, flat(dataflow.nodes[edge.from].name)),
               fmt::format("$var wire 1 {} valid $end\n$var wire 1 {} ready $end\n"
                           "$var reg {} {} occupancy [{}:0] $end\n",
                           code(signal), code(signal + 1), bits, code(signal + 2), bits - 1));
}

void VcdTrace::begin(Cycle first) { write_time(first); }

void VcdTrace::set_activity(std::size_t index, Activity activity, Cycle now) {
  write_time(now);
  write_vector(index, static_cast<std::uint64_t>(activity));
}

void VcdTrace::set_occupancy(std::size_t index, std::uint64_t beats, Cycle now) {
  const Handshake next{beats > 0, beats < depths_[index]};
  std::optional<Handshake>& last = handshakes_[index];
  const std::size_t signal = first_signal(index);
  write_time(now);
  if (!last || last->valid != next.valid) write_bit(signal, next.valid);
  if (!last || last->ready != next.ready) write_bit(signal + 1, next.ready);
  write_vector(signal + 2, beats);
  last = next;
}

void VcdTrace::write_time(Cycle now) {
  if (time_ == now) return;
  time_ = now;
  file_.write(fmt::format("#{}\n", std::llround(double(now) * 1e6 / clock_mhz_)));
}

void VcdTrace::write_bit(std::size_t signal, bool value) {
  file_.write(fmt::format("{:d}{}\n", value, code(signal)));
}

void VcdTrace::write_vector(std::size_t signal, std::uint64_t value) {
  file_.write(fmt::format("b{:b} {}\n", value, code(signal)));
}

void VcdTrace::end(Cycle end) { write_time(end); }

}  // namespace qnnsim
