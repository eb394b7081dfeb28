// SPDX-License-Identifier: Apache-2.0
#include "rtl/generator/module_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "sim/cosim/rtl_text.h"

namespace qnnsim {
namespace {

constexpr char kLintOff[] =
    "// What a design does not need of a kernel is left open.\n"
    "// verilator lint_off PINCONNECTEMPTY\n";

/// A port of a module under construction.
struct Signal {
  bool is_input = true;
  std::int64_t bits = 1;
  std::string name;
};

/// Declarations one under the other, their names in one column: `input  logic [7:0] data_i`.
std::string port_list(const std::vector<Signal>& ports) {
  std::size_t widest = 0;
  const auto range = [](const Signal& port) {
    return port.bits > 1 ? range_text(port.bits) + " " : std::string();
  };
  for (const Signal& port : ports) widest = std::max(widest, range(port).size());
  std::string text;
  for (const Signal& port : ports) {
    text += fmt::format("{}  {} logic {:<{}}{}", text.empty() ? "" : ",\n",
                        port.is_input ? "input " : "output", range(port), widest, port.name);
  }
  return text;
}

std::string wire(std::int64_t bits, const std::string& names) {
  return fmt::format("  logic {}{};\n", bits > 1 ? range_text(bits) + " " : "", names);
}

/// The wires of a stream called `name`.
StreamWires wires(const std::string& name) {
  return {name + "_valid", name + "_ready", name + "_data"};
}

/// The ports of a stream that enters a module, or leaves it.
StreamWires ports_in(const std::string& name) {
  return {name + "_valid_i", name + "_ready_o", name + "_data_i"};
}
StreamWires ports_out(const std::string& name) {
  return {name + "_valid_o", name + "_ready_i", name + "_data_o"};
}

int count_bits(std::uint64_t depth) {
  int bits = 1;
  while (depth >> bits != 0) ++bits;
  return bits;
}

bool has(const std::vector<int>& edges, int edge) {
  return std::find(edges.begin(), edges.end(), edge) != edges.end();
}

/// A FIFO from `in` to `out`, and where its peak is asked for what remembers it.
std::string fifo_text(const Design& design, const DesignFifo& fifo, const StreamWires& in,
                      const StreamWires& out, const std::string& reset, const std::string& clock,
                      std::size_t first_peak, const std::string& track) {
  const Edge& edge = design.edge(int(fifo.edge));
  const int bits = count_bits(edge.depth);
  const std::string count = fmt::format("count_{}", fifo.instance.substr(5));
  std::string text = fmt::format("  // {}\n", edge.name);
  if (design.fifo_peaks) text += wire(bits, count);
  text += instance_text("qnn_fifo",
                        {{"Width", std::to_string(fifo.bits)},
                         {"Depth", std::to_string(edge.depth)},
                         {"Style", '"' + fifo.style + '"'}},
                        "u_" + fifo.instance,
                        {{"clk_i", clock},
                         {"rst_ni", reset},
                         {"valid_i", in.valid},
                         {"ready_o", in.ready},
                         {"data_i", in.data},
                         {"valid_o", out.valid},
                         {"ready_i", out.ready},
                         {"data_o", out.data},
                         {"count_o", design.fifo_peaks ? count : ""}});
  if (!design.fifo_peaks) return text;
  const std::size_t low = 32 * (fifo.number - first_peak);
  return text +
         instance_text(
             "qnn_peak", {{"Width", std::to_string(bits)}}, "u_peak_" + fifo.instance.substr(5),
             {{"clk_i", clock},
              {"rst_ni", reset},
              {"track_i", track},
              {"count_i", count},
              {"peak_o",
               fmt::format("peaks{}[{}:{}]", reset == "rst_ni" ? "_o" : "", low + 31, low)}});
}

/// The module of one layer.
class LayerText {
 public:
  LayerText(const Design& design, const DesignLayer& layer) : design_(design), layer_(layer) {}

  std::string write() {
    std::string body;
    for (const DesignKernel& kernel : layer_.kernels) body += wires_of(kernel);
    for (const DesignKernel& kernel : layer_.kernels) {
      body += fmt::format("\n  // {}\n", design_.dataflow->nodes[kernel.node].name);
      body += kernel.master ? master_instance(kernel) : kernel_instance(kernel);
    }
    for (const DesignFifo& fifo : layer_.fifos) body += "\n" + fifo_instance(fifo);
    return fmt::format("// Layer {} of {}.\n{}module {} (\n{}\n);\n{}endmodule\n", layer_.name,
                       design_.name, kLintOff, layer_.module, port_list(ports()), body);
  }

  std::vector<Signal> ports() const {
    std::vector<Signal> ports = {{true, 1, "clk_i"}, {true, 1, "rst_ni"}};
    for (int edge : layer_.inputs) add_stream(ports, edge, false);
    for (int edge : layer_.outputs) add_stream(ports, edge, true);
    for (const DesignKernel& kernel : layer_.kernels) {
      if (!kernel.master) continue;
      for (const AxiChannel& channel : kernel.master->channels) {
        for (const auto& [name, bits, outward] : axi_signals(channel)) {
          ports.push_back({!outward, bits,
                           fmt::format("m_axi_{}_{}_{}", kernel.local, name, outward ? "o" : "i")});
        }
      }
      ports.push_back({false, 1, kernel.local + "_error_o"});
    }
    if (design_.fifo_peaks && !layer_.fifos.empty()) {
      ports.push_back({true, 1, "track_i"});
      ports.push_back({false, std::int64_t(32 * layer_.fifos.size()), "peaks_o"});
    }
    return ports;
  }

  /// A signal of an AXI channel: name, bits, and whether the design drives it.
  struct AxiSignal {
    std::string name;
    int bits = 1;
    bool outward = true;
  };
  static std::vector<AxiSignal> axi_signals(const AxiChannel& channel) {
    std::vector<AxiSignal> signals = {{channel.name + "valid", 1, channel.to_memory},
                                      {channel.name + "ready", 1, !channel.to_memory}};
    for (const AxiField& field : channel.fields) {
      signals.push_back({field.name, field.bits, channel.to_memory});
    }
    return signals;
  }

  const DesignKernel& kernel_of(int node) const {
    return *std::find_if(layer_.kernels.begin(), layer_.kernels.end(),
                         [&](const DesignKernel& each) { return int(each.node) == node; });
  }

  std::string end(int edge, bool from) const {
    const Edge& one = design_.edge(edge);
    return end_name(design_, kernel_of(from ? one.from : one.to), edge, from);
  }

 private:
  std::int64_t bits(int edge) const {
    return design_.dataflow->port(design_.edge(edge)).width_bits();
  }

  void add_stream(std::vector<Signal>& ports, int edge, bool from) const {
    const std::string name = end(edge, from);
    const StreamWires stream = from ? ports_out(name) : ports_in(name);
    ports.push_back({!from, 1, stream.valid});
    ports.push_back({from, 1, stream.ready});
    if (!is_bare(design_, edge)) ports.push_back({!from, bits(edge), stream.data});
  }

  /// How the module names a stream at one of its kernels.
  StreamWires stream(int edge, bool from) const {
    const std::string name = end(edge, from);
    return from && has(layer_.outputs, edge) ? ports_out(name) : wires(name);
  }

  /// The wires of the streams that do not leave the module at this kernel.
  std::string wires_of(const DesignKernel& kernel) const {
    std::string text;
    const auto add = [&](int edge, bool from) {
      if (from && has(layer_.outputs, edge)) return;
      const StreamWires names = wires(end(edge, from));
      text += wire(1, names.valid + ", " + names.ready);
      if (channel_of(kernel, edge) == nullptr) {
        if (!is_bare(design_, edge)) text += wire(bits(edge), names.data);
        return;
      }
      for (const AxiField& field : channel_of(kernel, edge)->fields) {
        text += wire(field.bits, kernel.local + "_" + field.name);
      }
    };
    for (int edge : kernel.inputs) add(edge, false);
    for (int edge : kernel.outputs) add(edge, true);
    return text;
  }

  static const AxiChannel* channel_of(const DesignKernel& kernel, int edge) {
    if (!kernel.master) return nullptr;
    for (const AxiChannel& channel : kernel.master->channels) {
      if (int(channel.edge) == edge) return &channel;
    }
    return nullptr;
  }

  std::string kernel_instance(const DesignKernel& kernel) const {
    std::vector<StreamWires> inputs, outputs;
    for (int edge : kernel.inputs) inputs.push_back(stream(edge, false));
    for (int edge : kernel.outputs) outputs.push_back(stream(edge, true));
    Bindings pins = {{"clk_i", "clk_i"}, {"rst_ni", "rst_ni"}};
    const Bindings streams = stream_pins(kernel.module, inputs, outputs);
    pins.insert(pins.end(), streams.begin(), streams.end());
    return instance_text(kernel.module.module, kernel.module.parameters, "u_" + kernel.local, pins);
  }

  std::string master_instance(const DesignKernel& kernel) const {
    const bool reads = !kernel.master->memory->writes;
    const StreamWires token = stream(reads ? kernel.inputs[0] : kernel.outputs[0], !reads);
    const StreamWires data = stream(reads ? kernel.outputs[0] : kernel.inputs[0], reads);
    Bindings pins = {{"clk_i", "clk_i"}, {"rst_ni", "rst_ni"}};
    if (reads) {
      const Bindings more = {{"start_valid_i", token.valid},
                             {"start_ready_o", token.ready},
                             {"valid_o", data.valid},
                             {"ready_i", data.ready},
                             {"data_o", data.data}};
      pins.insert(pins.end(), more.begin(), more.end());
    } else {
      const Bindings more = {{"valid_i", data.valid},
                             {"ready_o", data.ready},
                             {"data_i", data.data},
                             {"done_valid_o", token.valid},
                             {"done_ready_i", token.ready}};
      pins.insert(pins.end(), more.begin(), more.end());
    }
    pins.emplace_back("error_o", kernel.local + "_error_o");
    for (const AxiChannel& channel : kernel.master->channels) {
      const StreamWires wires_in = wires(kernel.local + "_" + channel.name);
      const char* forward = channel.to_memory ? "o" : "i";
      const char* back = channel.to_memory ? "i" : "o";
      const auto pin = [&](const std::string& name, const char* way, const std::string& to) {
        pins.emplace_back(fmt::format("m_axi_{}_{}", name, way), to);
      };
      pin(channel.name + "valid", forward, wires_in.valid);
      pin(channel.name + "ready", back, wires_in.ready);
      for (const AxiField& field : channel.fields) {
        pin(field.name, forward, kernel.local + "_" + field.name);
      }
      if (!channel.to_memory) {
        pin(channel.name + "id", "i", "1'b0");
      } else if (channel.name != "w") {
        for (const char* constant : {"size", "burst", "id", "cache", "prot"}) {
          pin(channel.name + constant, "o", "");  // the top module says them
        }
      }
    }
    return instance_text(kernel.module.module, kernel.module.parameters, "u_" + kernel.local, pins);
  }

  std::string fifo_instance(const DesignFifo& fifo) const {
    const int edge = int(fifo.edge);
    for (const DesignKernel& kernel : layer_.kernels) {
      const AxiChannel* channel = channel_of(kernel, edge);
      if (channel == nullptr) continue;
      const StreamWires inside = axi_wires(kernel.local + "_", channel->name, "", "", *channel);
      const std::string port = fmt::format("m_axi_{}_", kernel.local);
      const bool out = channel->to_memory;
      const StreamWires outside =
          axi_wires(port, channel->name, out ? "_o" : "_i", out ? "_i" : "_o", *channel);
      StreamWires kernel_side = inside;
      kernel_side.valid = kernel.local + "_" + channel->name + "_valid";
      kernel_side.ready = kernel.local + "_" + channel->name + "_ready";
      return out ? text(fifo, kernel_side, outside) : text(fifo, outside, kernel_side);
    }
    StreamWires in = has(layer_.inputs, edge) ? ports_in(end(edge, false)) : stream(edge, true);
    StreamWires out = stream(edge, false);
    if (is_bare(design_, edge)) {
      in.data = "1'b0";
      out.data = "";
    }
    return text(fifo, in, out);
  }

  static StreamWires axi_wires(const std::string& prefix, const std::string& channel,
                               const std::string& forward, const std::string& back,
                               const AxiChannel& fields) {
    std::vector<std::string> data;
    for (const AxiField& field : fields.fields) data.push_back(prefix + field.name + forward);
    return {prefix + channel + "valid" + forward, prefix + channel + "ready" + back,
            concatenation(data)};
  }

  std::string text(const DesignFifo& fifo, const StreamWires& in, const StreamWires& out) const {
    return fifo_text(design_, fifo, in, out, "rst_ni", "clk_i", layer_.fifos.front().number,
                     "track_i");
  }

  const Design& design_;
  const DesignLayer& layer_;
};

/// The constant signals of an address channel: name behind "ar" or "aw", bits, value.
struct AxiConstant {
  const char* name;
  int bits;
  std::string value;
};

std::vector<AxiConstant> address_constants(const AxiChannel& channel) {
  int bus = 0;
  for (const AxiField& field : channel.fields) {
    if (field.name == channel.name + "addr") bus = field.bits - 32;
  }
  return {{"size", 3, fmt::format("3'd{}", bus)},
          {"burst", 2, "2'b01"},
          {"cache", 4, "4'b0011"},
          {"prot", 3, "3'b000"}};
}

bool is_address(const AxiChannel& channel) { return channel.name[0] == 'a'; }

/// The top module.
class TopText {
 public:
  TopText(const Design& design, const std::string& about, std::uint32_t identity)
      : design_(design), about_(about), identity_(identity) {}

  std::string write() {
    std::string body = shell();
    for (const DesignLayer& layer : design_.layers) body += wires_of(layer);
    body += constants();
    for (const DesignMaster* master : design_.masters()) body += tokens(*master);
    for (const DesignFifo& fifo : design_.fifos) body += "\n" + fifo_instance(fifo);
    for (const DesignLayer& layer : design_.layers) body += "\n" + instance(layer);
    return fmt::format("{}{}module {} (\n{}\n);\n{}endmodule\n", about_, kLintOff, design_.name,
                       port_list(ports()), body);
  }

  std::vector<Signal> ports() const {
    std::vector<Signal> ports = {{true, 1, "aclk"}, {true, 1, "aresetn"}};
    const auto add = [&](const std::string& name, bool is_input, std::int64_t bits) {
      ports.push_back({is_input, bits, name});
    };
    for (const auto& [name, is_input, bits] : lite_signals()) {
      add("s_axi_control_" + name, is_input, bits);
    }
    add("s_axis_tvalid", true, 1);
    add("s_axis_tready", false, 1);
    if (!design_.input_in_memory()) {
      add("s_axis_tdata", true, padded_bits(design_, design_.source_edge));
    }
    add("m_axis_tvalid", false, 1);
    add("m_axis_tready", true, 1);
    if (!design_.output_in_memory()) {
      add("m_axis_tdata", false, padded_bits(design_, design_.sink_edge));
      add("m_axis_tlast", false, 1);
    }
    for (const DesignMaster* master : design_.masters()) {
      for (const AxiChannel& channel : master->channels) {
        for (const auto& [name, bits, outward] : LayerText::axi_signals(channel)) {
          add(master->port + "_" + name, !outward, bits);
        }
        if (!is_address(channel)) continue;
        for (const AxiConstant& constant : address_constants(channel)) {
          add(master->port + "_" + channel.name + constant.name, false, constant.bits);
        }
      }
    }
    return ports;
  }

  struct LiteSignal {
    std::string name;
    bool is_input;
    int bits;
  };
  static std::vector<LiteSignal> lite_signals() {
    return {{"awvalid", true, 1}, {"awready", false, 1}, {"awaddr", true, 16},
            {"wvalid", true, 1},  {"wready", false, 1},  {"wdata", true, 32},
            {"wstrb", true, 4},   {"bvalid", false, 1},  {"bready", true, 1},
            {"bresp", false, 2},  {"arvalid", true, 1},  {"arready", false, 1},
            {"araddr", true, 16}, {"rvalid", false, 1},  {"rready", true, 1},
            {"rdata", false, 32}, {"rresp", false, 2}};
  }

 private:
  std::uint64_t beats(std::size_t edge) const {
    return design_.dataflow->port(design_.dataflow->edges[edge]).beats;
  }

  /// The registers, and the gates at the two ends.
  std::string shell() const {
    const std::vector<const DesignMaster*> masters = design_.masters();
    const bool tokens = std::any_of(masters.begin(), masters.end(),
                                    [](const DesignMaster* each) { return bool(each->tokens); });
    const bool streams_out = !design_.output_in_memory();
    std::string text =
        "  logic core_rst_n;  // until the first start\n"
        "  logic running, enter, error;\n"
        "  logic source_valid, source_ready, sink_valid, sink_ready;\n";
    if (streams_out) text += wire(1, "out_last");
    if (tokens) text += wire(1, "start") + wire(32, "frames");
    if (design_.fifo_peaks) text += wire(32 * std::int64_t(design_.fifo_count()), "peaks");
    const auto sink = padded_bits(design_, design_.sink_edge);
    const auto sink_bits = bits(design_.sink_edge);
    text +=
        "\n"
        "  // Beats enter and leave while frames of the run are missing.\n"
        "  assign source_valid  = s_axis_tvalid && enter;\n"
        "  assign s_axis_tready = source_ready && enter;\n"
        "  assign m_axis_tvalid = sink_valid && running;\n"
        "  assign sink_ready    = m_axis_tready && running;\n";
    if (streams_out) {
      text += "  assign m_axis_tlast  = out_last;\n";
      if (sink > sink_bits) {
        text += fmt::format("  assign m_axis_tdata[{}:{}] = '0;\n", sink - 1, sink_bits);
      }
    }
    if (!design_.input_in_memory()) {
      const auto source = padded_bits(design_, design_.source_edge);
      const auto source_bits = bits(design_.source_edge);
      if (source > source_bits) {
        text += wire(source - source_bits, "unused_padding");
        text += fmt::format("  assign unused_padding = s_axis_tdata[{}:{}];\n", source - 1,
                            source_bits);
      }
    }
    Bindings pins = {{"clk_i", "aclk"},
                     {"rst_ni", "aresetn"},
                     {"core_rst_no", "core_rst_n"},
                     {"start_o", tokens ? "start" : ""},
                     {"frames_o", tokens ? "frames" : ""},
                     {"running_o", "running"},
                     {"enter_o", "enter"},
                     {"in_beat_i", "source_valid && source_ready"},
                     {"out_beat_i", "sink_valid && sink_ready"},
                     {"out_last_o", streams_out ? "out_last" : ""},
                     {"error_i", "error"},
                     {"peaks_i", design_.fifo_peaks ? "peaks" : "1'b0"}};
    for (const auto& [name, is_input, width] : lite_signals()) {
      pins.emplace_back(fmt::format("s_axi_{}_{}", name, is_input ? "i" : "o"),
                        "s_axi_control_" + name);
    }
    return text + "\n" +
           instance_text("qnn_control",
                         {{"InBeats", std::to_string(beats(design_.source_edge))},
                          {"OutBeats", std::to_string(beats(design_.sink_edge))},
                          {"Fifos", std::to_string(design_.fifo_peaks ? design_.fifo_count() : 0)},
                          {"Identity", fmt::format("32'h{:08x}", identity_)}},
                         "u_control", pins) +
           "\n";
  }

  std::int64_t bits(std::size_t edge) const {
    return design_.dataflow->port(design_.dataflow->edges[edge]).width_bits();
  }

  std::string wires_of(const DesignLayer& layer) const {
    std::string text;
    const LayerText module(design_, layer);
    for (int edge : layer.outputs) {
      const StreamWires names = wires(layer.identifier + "_" + module.end(edge, true));
      text += wire(1, names.valid + ", " + names.ready);
      if (!is_bare(design_, edge)) text += wire(bits(edge), names.data);
    }
    for (const DesignKernel& kernel : layer.kernels) {
      if (kernel.master) text += wire(1, kernel.identifier + "_error");
    }
    return text;
  }

  /// What never changes at the masters, and their errors.
  std::string constants() const {
    std::string text = "\n";
    std::string errors;
    for (const DesignKernel* kernel : design_.all_kernels()) {
      if (!kernel->master) continue;
      errors += (errors.empty() ? "" : " || ") + kernel->identifier + "_error";
      for (const AxiChannel& channel : kernel->master->channels) {
        if (!is_address(channel)) continue;
        for (const AxiConstant& constant : address_constants(channel)) {
          text += fmt::format("  assign {}_{}{} = {};\n", kernel->master->port, channel.name,
                              constant.name, constant.value);
        }
      }
    }
    return text + fmt::format("  assign error = {};\n", errors.empty() ? "1'b0" : errors);
  }

  std::string tokens(const DesignMaster& master) const {
    if (!master.tokens) return {};
    const std::string name = identifier(master.memory->tensor);
    return "\n" + wire(1, name + "_begin_valid, " + name + "_begin_ready") +
           instance_text("qnn_pass_tokens",
                         {{"Passes", std::to_string(master.tokens->passes)},
                          {"Frames", std::to_string(master.tokens->frames)}},
                         "u_" + name + "_begin",
                         {{"clk_i", "aclk"},
                          {"rst_ni", "aresetn"},
                          {"start_i", "start"},
                          {"frames_i", "frames"},
                          {"valid_o", name + "_begin_valid"},
                          {"ready_i", name + "_begin_ready"}});
  }

  /// The FIFO between the last layer and the end.
  std::string fifo_instance(const DesignFifo& fifo) const {
    const int edge = int(fifo.edge);
    StreamWires in = stream(edge);
    StreamWires out = {"sink_valid", "sink_ready", "m_axis_tdata" + range_text(bits(fifo.edge))};
    if (is_bare(design_, edge)) {
      in.data = "1'b0";
      out.data = "";
    }
    return fifo_text(design_, fifo, in, out, "core_rst_n", "aclk", 0, "running");
  }

  /// How the top module names a stream between layers, by where it comes from.
  StreamWires stream(int index) const {
    const Edge& edge = design_.edge(index);
    if (edge.from == int(design_.dataflow->source_node)) {
      return {"source_valid", "source_ready",
              "s_axis_tdata" + range_text(bits(std::size_t(index)))};
    }
    for (const DesignLayer& layer : design_.layers) {
      for (const DesignKernel& kernel : layer.kernels) {
        if (int(kernel.node) != edge.from) continue;
        return wires(layer.identifier + "_" + end_name(design_, kernel, index, true));
      }
    }
    // What begins the passes of the reader at the other end.
    return wires(identifier(design_.dataflow->nodes[edge.to].name) + "_begin");
  }

  std::string instance(const DesignLayer& layer) const {
    const LayerText module(design_, layer);
    Bindings pins = {{"clk_i", "aclk"}, {"rst_ni", "core_rst_n"}};
    const auto add = [&](int edge, bool from) {
      const std::string name = module.end(edge, from);
      const StreamWires port = from ? ports_out(name) : ports_in(name);
      const StreamWires to = stream(edge);
      pins.emplace_back(port.valid, to.valid);
      pins.emplace_back(port.ready, to.ready);
      if (!is_bare(design_, edge)) pins.emplace_back(port.data, to.data);
    };
    for (int edge : layer.inputs) add(edge, false);
    for (int edge : layer.outputs) add(edge, true);
    for (const DesignKernel& kernel : layer.kernels) {
      if (!kernel.master) continue;
      for (const AxiChannel& channel : kernel.master->channels) {
        for (const auto& [name, width, outward] : LayerText::axi_signals(channel)) {
          pins.emplace_back(fmt::format("m_axi_{}_{}_{}", kernel.local, name, outward ? "o" : "i"),
                            kernel.master->port + "_" + name);
        }
      }
      pins.emplace_back(kernel.local + "_error_o", kernel.identifier + "_error");
    }
    if (design_.fifo_peaks && !layer.fifos.empty()) {
      const std::size_t first = layer.fifos.front().number;
      pins.emplace_back("track_i", "running");
      pins.emplace_back("peaks_o", fmt::format("peaks[{}:{}]",
                                               32 * (first + layer.fifos.size()) - 1, 32 * first));
    }
    return instance_text(layer.module, {}, "u_" + layer.identifier, pins);
  }

  const Design& design_;
  const std::string& about_;
  const std::uint32_t identity_;
};

}  // namespace

std::int64_t padded_bits(const Design& design, std::size_t edge) {
  return (design.dataflow->port(design.dataflow->edges[edge]).width_bits() + 7) / 8 * 8;
}

std::string layer_text(const Design& design, const DesignLayer& layer) {
  return LayerText(design, layer).write();
}

std::string top_text(const Design& design, const std::string& about, std::uint32_t identity) {
  return TopText(design, about, identity).write();
}

}  // namespace qnnsim
