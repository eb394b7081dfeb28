// SPDX-License-Identifier: Apache-2.0
#include "sim/graph_builder.h"

#include <fmt/format.h>

#include <utility>

#include "models/timed_kernel.h"
#include "models/width_converter.h"

namespace qnnsim {

GraphBuilder::GraphBuilder(std::shared_ptr<const Calibration> calibration)
    : calibration_(std::move(calibration)) {
  if (calibration_) graph_.calibration.emplace(*calibration_);
}

int GraphBuilder::add_node(std::string name, std::string layer, std::string kind,
                           std::unique_ptr<Kernel> kernel) {
  const bool calibrated = calibrate(kernel);
  graph_.nodes.push_back({std::move(name), std::move(layer), std::move(kind), std::move(kernel), 1,
                          false, calibrated});
  return static_cast<int>(graph_.nodes.size()) - 1;
}

bool GraphBuilder::calibrate(std::unique_ptr<Kernel>& kernel) {
  if (!calibration_ || kernel->block().empty()) return false;
  const TimingEntry* entry = calibration_->entry(*kernel);
  graph_.calibration->add(std::string(kernel->block()), entry);
  if (entry == nullptr) return false;
  const std::optional<KernelTiming> timing = calibration_->timing(*kernel);
  require(timing.has_value(),
          fmt::format("calibration: block {} has no schedule to be timed", kernel->block()));
  kernel = std::make_unique<TimedKernel>(std::move(kernel), *timing);
  return true;
}

int GraphBuilder::add_kernel(const std::string& layer, const std::string& kind,
                             std::unique_ptr<Kernel> kernel, const std::vector<Stream>& inputs,
                             Frames frames) {
  const std::string name = layer.empty() ? kind : layer + "." + kind;
  std::vector<Stream> streams = inputs;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    const std::string index = streams.size() > 1 ? std::to_string(i) : "";
    streams[i] = fit(streams[i], kernel->inputs()[i], name + "_dwc" + index, layer, kind, frames);
  }
  const int node = add_node(name, layer, kind, std::move(kernel));
  if (!streams.empty()) graph_.nodes[node].frames = graph_.nodes[streams[0].kernel].frames;
  for (std::size_t i = 0; i < streams.size(); ++i) connect(streams[i], node, static_cast<int>(i));
  return node;
}

Stream GraphBuilder::fit(Stream stream, const Port& wanted, const std::string& name,
                         const std::string& layer, const std::string& kind, Frames frames) {
  const Port given = port(stream);
  const std::uint64_t elements = given.beats * given.lanes;
  require(frames == Frames::kMany || elements == wanted.beats * wanted.lanes,
          fmt::format("{} gives {} elements a frame, but {}.{} takes {}",
                      graph_.nodes[stream.kernel].name, elements, layer, kind,
                      wanted.beats * wanted.lanes));
  if (given.lanes == wanted.lanes) return stream;
  WidthConverterParams p;
  p.lanes_in = given.lanes;
  p.lanes_out = wanted.lanes;
  p.elements = elements;
  p.type = given.type;
  const int node = add_node(name, layer, "dwc", std::make_unique<WidthConverter>(p));
  graph_.nodes[node].frames = graph_.nodes[stream.kernel].frames;
  connect(stream, node, 0);
  return {node, 0};
}

void GraphBuilder::connect(Stream stream, int to, int to_port) {
  Edge edge;
  edge.name = graph_.nodes[stream.kernel].name + "->" + graph_.nodes[to].name;
  edge.from = stream.kernel;
  edge.from_port = stream.port;
  edge.to = to;
  edge.to_port = to_port;
  graph_.edges.push_back(std::move(edge));
}

void GraphBuilder::connect(Stream stream, int to, int to_port, const std::string& channel) {
  connect(stream, to, to_port);
  graph_.edges.back().name += "." + channel;
}

}  // namespace qnnsim
