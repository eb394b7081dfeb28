// SPDX-License-Identifier: Apache-2.0
#include "rtl/generator/design.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <numeric>
#include <utility>

#include "models/axi_transfer.h"
#include "rtl/generator/keywords.h"

namespace qnnsim {
namespace {

constexpr char kWriter[] = "axi_writer";

bool is_master(const KernelNode& node) {
  return node.kind == kMemoryReader || node.kind == kWriter;
}

/// What a module's parameter says, if it is in the list.
int parameter(const RtlModule& module, const std::string& name) {
  for (const auto& [key, value] : module.parameters) {
    if (key == name) return std::stoi(value);
  }
  return 0;
}

/// A FIFO of this style, in the words of qnn_fifo.
std::string fifo_style(const std::string& style) {
  static const std::set<std::string> known = {"srl", "lut", "bram", "uram"};
  return known.count(style) > 0 ? style : "auto";
}

/// Builds a design step by step.
class Designer {
 public:
  Designer(const Scenario& scenario, const Dataflow& dataflow, const DesignOptions& options,
           Findings& findings)
      : scenario_(scenario), dataflow_(dataflow), findings_(findings) {
    design_.name = options.name.empty() ? identifier(scenario.name) : options.name;
    design_.dataflow = &dataflow;
    design_.fifo_peaks = options.fifo_peaks;
  }

  Design make() {
    check_timing();
    for (std::size_t i = 0; i < dataflow_.nodes.size(); ++i) {
      if (!dataflow_.nodes[i].outside) add_kernel(i);
    }
    for (std::size_t i = 0; i < dataflow_.edges.size(); ++i) add_edge(i);
    number_fifos();
    check_names();
    return std::move(design_);
  }

 private:
  void check_timing() {
    if (!dataflow_.calibration) return;
    findings_.add({scenario_.path, 0, 0},
                  fmt::format("a design has the timing of qnnsim's kernels, not that of "
                              "calibration '{}'",
                              dataflow_.calibration->name),
                  "leave out 'kernels' (--set kernels=)");
  }

  DesignLayer& layer_of(const KernelNode& node) {
    const auto found =
        std::find_if(design_.layers.begin(), design_.layers.end(),
                     [&](const DesignLayer& each) { return each.name == node.layer; });
    if (found != design_.layers.end()) return *found;
    DesignLayer layer;
    layer.name = node.layer;
    layer.identifier = identifier(node.layer);
    layer.module = design_.name + "_" + layer.identifier;
    design_.layers.push_back(std::move(layer));
    return design_.layers.back();
  }

  void add_kernel(std::size_t index) {
    const KernelNode& node = dataflow_.nodes[index];
    DesignKernel kernel;
    kernel.node = index;
    kernel.identifier = identifier(node.name);
    const std::string prefix = node.layer + ".";
    kernel.local = node.name.rfind(prefix, 0) == 0 ? identifier(node.name.substr(prefix.size()))
                                                   : std::string(node.kernel->block());
    kernel.inputs.resize(node.kernel->inputs().size(), -1);
    kernel.outputs.resize(node.kernel->outputs().size(), -1);
    for (std::size_t i = 0; i < dataflow_.edges.size(); ++i) {
      const Edge& edge = dataflow_.edges[i];
      if (edge.to == int(index)) kernel.inputs[edge.to_port] = int(i);
      if (edge.from == int(index)) kernel.outputs[edge.from_port] = int(i);
    }
    if (const auto module = node.kernel->rtl()) {
      kernel.module = *module;
      name_memories(kernel);
      if (is_master(node)) add_master(node, kernel);
    } else if (!node.calibrated) {
      findings_.add(place_of(node.layer), fmt::format("kernel '{}' has no RTL", node.name));
    }
    layer_of(node).kernels.push_back(std::move(kernel));
  }

  /// Every memory gets a file of its own in the design: the kernel's name stands in front.
  static void name_memories(DesignKernel& kernel) {
    const std::string prefix = kernel.identifier + "_";
    const auto names_a_file = [&](const std::string& value) {
      if (value.size() < 3 || value.front() != '"') return false;
      const std::string stem = value.substr(1, value.size() - 2);
      const auto& memories = kernel.module.memories;
      return std::any_of(memories.begin(), memories.end(), [&](const RtlMemory& each) {
        return each.file().compare(0, stem.size(), stem) == 0;
      });
    };
    for (auto& [name, value] : kernel.module.parameters) {
      if (names_a_file(value)) value.insert(1, prefix);
    }
    for (RtlMemory& memory : kernel.module.memories) memory.parameter.insert(0, prefix);
  }

  void add_master(const KernelNode& node, DesignKernel& kernel) {
    const std::string bridge = "_bridge";
    kernel.module.module.resize(kernel.module.module.size() - bridge.size());
    DesignMaster master;
    master.memory = dataflow_.memory->find(node.name);
    master.port = "m_axi_" + kernel.identifier;
    const int bus = parameter(kernel.module, "BusBits");
    int size_bits = 0;
    while (8 << size_bits < bus) ++size_bits;
    const int address = 32 + size_bits;
    const auto at = [](const std::vector<int>& edges, int port) {
      return static_cast<std::size_t>(edges[port]);
    };
    if (node.kind == kMemoryReader) {
      master.channels = {
          {"ar", true, at(kernel.outputs, 1), {{"araddr", address}, {"arlen", 8}}},
          {"r", false, at(kernel.inputs, 1), {{"rdata", bus}, {"rlast", 1}, {"rresp", 2}}}};
      add_tokens(kernel, master);
    } else {
      master.channels = {
          {"aw", true, at(kernel.outputs, 1), {{"awaddr", address}, {"awlen", 8}}},
          {"w", true, at(kernel.outputs, 2), {{"wdata", bus}, {"wstrb", bus / 8}, {"wlast", 1}}},
          {"b", false, at(kernel.inputs, 1), {{"bresp", 2}}}};
    }
    kernel.master = std::move(master);
  }

  /// What begins the passes of a reader, where it is not a frame that arrives.
  void add_tokens(const DesignKernel& kernel, DesignMaster& master) const {
    const auto from = static_cast<std::size_t>(dataflow_.edges[kernel.inputs[0]].from);
    if (from == dataflow_.source_node) return;
    const std::uint64_t common = std::gcd(master.memory->passes, dataflow_.frames);
    master.tokens = PassTokens{master.memory->passes / common, dataflow_.frames / common};
  }

  /// The channel that an edge is, if it lies between a master and its memory.
  const AxiChannel* channel_of(std::size_t edge) const {
    for (const DesignMaster* master : design_.masters()) {
      for (const AxiChannel& channel : master->channels) {
        if (channel.edge == edge) return &channel;
      }
    }
    return nullptr;
  }

  void add_edge(std::size_t index) {
    const Edge& edge = dataflow_.edges[index];
    const KernelNode& from = dataflow_.nodes[edge.from];
    const KernelNode& to = dataflow_.nodes[edge.to];
    DesignFifo fifo;
    fifo.edge = index;
    fifo.bits = dataflow_.port(edge).width_bits();
    fifo.instance = unique_instance("fifo_" + identifier(from.name) + "_to_" + identifier(to.name));
    fifo.style = fifo_style(scenario_.costs.fifo_style(fifo.bits, edge.depth));
    if (edge.from == int(dataflow_.source_node)) design_.source_edge = index;
    if (edge.to == int(dataflow_.sink_node)) design_.sink_edge = index;
    if (const AxiChannel* channel = channel_of(index)) {
      fifo.bits = channel->bits();
      layer_of(from).fifos.push_back(std::move(fifo));
      return;
    }
    const bool crosses = from.outside || to.outside || from.layer != to.layer;
    if (crosses && !from.outside) layer_of(from).outputs.push_back(int(index));
    if (crosses && !to.outside) layer_of(to).inputs.push_back(int(index));
    (to.outside ? design_.fifos : layer_of(to).fifos).push_back(std::move(fifo));
  }

  /// Several FIFOs may lead from one kernel to another.
  std::string unique_instance(const std::string& name) {
    const int before = instances_[name]++;
    return before == 0 ? name : fmt::format("{}_{}", name, before);
  }

  void number_fifos() {
    std::size_t number = 0;
    for (DesignLayer& layer : design_.layers) {
      for (DesignFifo& fifo : layer.fifos) fifo.number = number++;
    }
    for (DesignFifo& fifo : design_.fifos) fifo.number = number++;
  }

  Place place_of(const std::string& layer) const {
    for (const Layer& each : scenario_.network.layers) {
      if (each.name == layer) return each.place;
    }
    return {scenario_.path, 0, 0};
  }

  /// A finding where two things would bear one name.
  void claim(std::map<std::string, std::string>& scope, const std::string& name,
             const std::string& what, const std::string& layer) {
    const auto [other, is_new] = scope.emplace(name, what);
    if (is_new || other->second == what) return;
    findings_.add(place_of(layer),
                  fmt::format("in SystemVerilog {} and {} would both be called '{}'", other->second,
                              what, name),
                  "rename a layer");
  }

  void check_names() {
    const bool begins_well = std::isalpha(static_cast<unsigned char>(design_.name[0])) != 0;
    if (identifier(design_.name) != design_.name || !begins_well || is_keyword(design_.name)) {
      findings_.add({scenario_.path, 0, 0},
                    fmt::format("'{}' is no name of a module in SystemVerilog", design_.name),
                    "give another one with --name");
    }
    std::map<std::string, std::string> modules;
    std::map<std::string, std::string> top;
    for (const DesignLayer& layer : design_.layers) {
      const std::string what = fmt::format("layer '{}'", layer.name);
      if (std::isdigit(static_cast<unsigned char>(layer.identifier[0])) != 0) {
        findings_.add(
            place_of(layer.name),
            fmt::format("'{}' is no name in SystemVerilog: it begins with a digit", layer.name),
            "rename the layer");
      }
      claim(modules, layer.module, what, layer.name);
      for (const DesignKernel& kernel : layer.kernels) {
        claim(modules, kernel.module.module, "qnnsim's " + kernel.module.module, layer.name);
        claim(top, kernel.identifier, fmt::format("kernel '{}'", dataflow_.nodes[kernel.node].name),
              layer.name);
      }
    }
    claim(modules, design_.name, "the design", design_.layers.front().name);
  }

  const Scenario& scenario_;
  const Dataflow& dataflow_;
  Findings& findings_;
  Design design_;
  std::map<std::string, int> instances_;
};

}  // namespace

int AxiChannel::bits() const {
  return std::accumulate(fields.begin(), fields.end(), 0,
                         [](int sum, const AxiField& field) { return sum + field.bits; });
}

std::vector<const DesignFifo*> Design::all_fifos() const {
  std::vector<const DesignFifo*> all;
  for (const DesignLayer& layer : layers) {
    for (const DesignFifo& fifo : layer.fifos) all.push_back(&fifo);
  }
  for (const DesignFifo& fifo : fifos) all.push_back(&fifo);
  return all;
}

std::vector<const DesignKernel*> Design::all_kernels() const {
  std::vector<const DesignKernel*> all;
  for (const DesignLayer& layer : layers) {
    for (const DesignKernel& kernel : layer.kernels) all.push_back(&kernel);
  }
  return all;
}

std::vector<const DesignMaster*> Design::masters() const {
  std::vector<const DesignMaster*> all;
  for (const DesignKernel* kernel : all_kernels()) {
    if (kernel->master) all.push_back(&*kernel->master);
  }
  return all;
}

bool Design::input_in_memory() const { return is_bare(*this, int(source_edge)); }
bool Design::output_in_memory() const { return is_bare(*this, int(sink_edge)); }

std::set<std::string> modules_of(const Design& design) {
  std::set<std::string> modules = {"qnn_control", "qnn_fifo"};
  if (design.fifo_peaks) modules.insert("qnn_peak");
  for (const DesignKernel* kernel : design.all_kernels()) {
    modules.insert(kernel->module.module);
    if (kernel->master && kernel->master->tokens) modules.insert("qnn_pass_tokens");
  }
  return modules;
}

std::string identifier(const std::string& name) {
  std::string result = name;
  std::replace_if(
      result.begin(), result.end(),
      [](unsigned char c) { return std::isalnum(c) == 0 && c != '_'; }, '_');
  return result;
}

std::string end_name(const Design& design, const DesignKernel& kernel, int edge, bool from) {
  if (kernel.master) {
    for (const AxiChannel& channel : kernel.master->channels) {
      if (channel.edge == std::size_t(edge)) return kernel.local + "_" + channel.name;
    }
    if (is_bare(design, edge)) return kernel.local + (from ? "_done" : "_start");
    return kernel.local + (from ? "_out" : "_in");
  }
  const Edge& one = design.edge(edge);
  const std::size_t count = from ? kernel.outputs.size() : kernel.inputs.size();
  const std::string name = kernel.local + (from ? "_out" : "_in");
  return count > 1 ? fmt::format("{}_{}", name, from ? one.from_port : one.to_port) : name;
}

bool is_bare(const Design& design, int index) {
  const Edge& edge = design.edge(index);
  const KernelNode& from = design.dataflow->nodes[edge.from];
  const KernelNode& to = design.dataflow->nodes[edge.to];
  return (to.kind == kMemoryReader && edge.to_port == 0) ||
         (from.kind == kWriter && edge.from_port == 0);
}

Design make_design(const Scenario& scenario, const Dataflow& dataflow, const DesignOptions& options,
                   Findings& findings) {
  return Designer(scenario, dataflow, options, findings).make();
}

}  // namespace qnnsim
