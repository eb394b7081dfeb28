// SPDX-License-Identifier: Apache-2.0
#include "rtl/generator/testbench.h"

#include <fmt/format.h>

#include <algorithm>

#include "rtl/generator/module_text.h"
#include "sim/cosim/rtl_source.h"
#include "sim/cosim/rtl_text.h"
#include "sim/reference.h"

namespace qnnsim {
namespace {

/// Words of `lanes` elements, one a line.
std::string words(const std::vector<Value>& values, int lanes, DataType type) {
  return memory_text({"", lanes, type, values});
}

std::vector<Value> joined(const std::vector<Tensor>& tensors) {
  std::vector<Value> values;
  for (const Tensor& each : tensors)
    values.insert(values.end(), each.data.begin(), each.data.end());
  return values;
}

std::vector<Tensor> expected_outputs(const Network& network, const RunData& data) {
  std::vector<Tensor> outputs;
  for (const Tensor& frame : data.frames) {
    outputs.push_back(reference_output(network, data.constants, frame));
  }
  return outputs;
}

std::string file_of(const DesignMaster& master) {
  return fmt::format("{}.hex", identifier(master.memory->tensor));
}

std::string tensor_text(const MemoryTensor& tensor) {
  return words(tensor.values, tensor.transfer.lanes_of_bus(), tensor.transfer.container_type());
}

/// [words] of the bus that all buffers of a tensor take.
std::uint64_t bus_words(const MemoryTensor& tensor) {
  return tensor.transfer.buffers * tensor.transfer.bus_beats();
}

/// Writes the testbench.
class Testbench {
 public:
  Testbench(const Design& design, const ForeseenRun& run) : design_(design), run_(run) {}

  std::string write() const {
    const Port& in = port(design_.source_edge);
    const Port& out = port(design_.sink_edge);
    return fmt::format(
        kText, fmt::arg("name", design_.name), fmt::arg("frames", design_.dataflow->frames),
        fmt::arg("in_beats", in.beats), fmt::arg("out_beats", out.beats),
        fmt::arg("in_bits", padded_bits(design_, design_.source_edge)),
        fmt::arg("out_bits", padded_bits(design_, design_.sink_edge)),
        fmt::arg("read_in", design_.input_in_memory()
                                ? ""
                                : "    $readmemh(\"../test/input.hex\", inputs);\n"),
        fmt::arg("read_out", design_.output_in_memory()
                                 ? ""
                                 : "    $readmemh(\"../test/output.hex\", outputs);\n"),
        fmt::arg("compare_beat", compare_beat()), fmt::arg("ends", ends()),
        fmt::arg("check_memory", check_memory()), fmt::arg("check_cycles", check_cycles()),
        fmt::arg("wires", wires()), fmt::arg("instance", instance()),
        fmt::arg("memories", memories()));
  }

 private:
  static constexpr char kText[] =
      R"(// Testbench of {name}: offers {frames} frames, and compares what comes out.
//   +stall=PERCENT   both ends stall at random in so many cycles of a hundred
// To be run in memories/, where the contents of the design's memories stand.
module {name}_tb;
  localparam integer Frames   = {frames};
  localparam integer InBeats  = {in_beats};
  localparam integer OutBeats = {out_beats};

  logic aclk = 1'b0;
  logic aresetn = 1'b0;
  always #5 aclk = !aclk;

  // Registers.
  logic        awvalid = 1'b0, wvalid = 1'b0, arvalid = 1'b0;
  logic [15:0] awaddr = '0, araddr = '0;
  logic [31:0] wdata = '0;
  wire         awready, wready, bvalid, arready, rvalid;
  wire  [31:0] rdata;
  logic [31:0] word;

  task automatic write_register(input [15:0] address, input [31:0] data);
    awvalid = 1'b1;
    wvalid  = 1'b1;
    awaddr  = address;
    wdata   = data;
    @(posedge aclk);
    while (!(awready && wready)) @(posedge aclk);
    @(negedge aclk);
    awvalid = 1'b0;
    wvalid  = 1'b0;
  endtask

  task automatic read_register(input [15:0] address);
    arvalid = 1'b1;
    araddr  = address;
    @(posedge aclk);
    while (!arready) @(posedge aclk);
    @(negedge aclk);
    arvalid = 1'b0;
    while (!rvalid) @(negedge aclk);
    word = rdata;
    @(negedge aclk);
  endtask

  // The two ends.
  logic [{in_bits}-1:0]  inputs  [0:Frames*InBeats-1];
  logic [{out_bits}-1:0] outputs [0:Frames*OutBeats-1];
  logic                  in_valid = 1'b0, in_held = 1'b0, out_ready = 1'b0;
  wire                   in_ready, out_valid;
  wire  [{in_bits}-1:0]  in_data;
  wire  [{out_bits}-1:0] out_data;
  integer                sent = 0, taken = 0, cycle = 0, stall = 0, failures = 0;

  assign in_data = inputs[sent];

  // A beat that is offered stays offered.
  always @(negedge aclk) begin
    in_valid  = sent < Frames * InBeats && (in_held || $unsigned($random) % 100 >= stall);
    out_ready = $unsigned($random) % 100 >= stall;
  end

  task automatic fail(input integer beat);
    failures = failures + 1;
    if (failures <= 10) $display("beat %0d, cycle %0d: got %h", beat, cycle, out_data);
  endtask

  always @(posedge aclk) begin
    in_held <= in_valid && !in_ready;
    if (in_valid && in_ready) sent <= sent + 1;
    if (out_valid && out_ready) begin
{compare_beat}{ends}      taken <= taken + 1;
    end
    cycle <= awvalid && awready && awaddr == 16'h0 ? 0 : cycle + 1;
  end

{wires}
{instance}{memories}
  initial begin
{read_in}{read_out}    if (!$value$plusargs("stall=%d", stall)) stall = 0;
    repeat (8) @(negedge aclk);
    aresetn = 1'b1;
    @(negedge aclk);
    write_register(16'h4, Frames);
    write_register(16'h0, 32'd1);
    while (taken < Frames * OutBeats || sent < Frames * InBeats) @(negedge aclk);
    @(negedge aclk);
    read_register(16'h0);
    if (word != 32'd2) $fatal(1, "FAIL: register CONTROL is %h after the run", word);
    read_register(16'hc);
    if (word != Frames) $fatal(1, "FAIL: %0d frames are said to have left", word);
    read_register(16'h10);
{check_cycles}{check_memory}    if (failures > 0) $fatal(1, "FAIL: %0d beats differ", failures);
    $display("PASS: {name}, %0d frames, %0d beats, %0d cycles", Frames, taken, word);
    $finish;
  end
endmodule
)";

  const Port& port(std::size_t edge) const {
    return design_.dataflow->port(design_.dataflow->edges[edge]);
  }

  std::string compare_beat() const {
    if (design_.output_in_memory()) return {};
    return "      if (out_data !== outputs[taken]) fail(taken);\n";
  }

  /// The cycle of the last beat of each frame.
  std::string ends() const {
    if (run_.frame_ends.empty()) return {};
    std::string text = "      if (stall == 0) begin\n        case (taken)\n";
    for (std::size_t frame = 0; frame < run_.frame_ends.size(); ++frame) {
      text += fmt::format("          {} * OutBeats - 1: if (cycle != {}) fail(taken);\n", frame + 1,
                          run_.frame_ends[frame]);
    }
    return text + "          default: ;\n        endcase\n      end\n";
  }

  std::string check_cycles() const {
    if (run_.frame_ends.empty()) return {};
    return fmt::format(
        "    if (stall == 0 && word != {0}) $fatal(1, \"FAIL: %0d cycles, not {0}\", word);\n",
        run_.cycles);
  }

  std::string check_memory() const {
    for (const DesignMaster* master : design_.masters()) {
      if (!master->memory->writes) continue;
      return fmt::format(
          "    $readmemh(\"../test/{0}\", expected);\n"
          "    for (integer i = 0; i < {1}; i++) begin\n"
          "      if (u_{2}.words[i] !== expected[i]) begin\n"
          "        $display(\"word %0d in memory: %h, not %h\", i, u_{2}.words[i], expected[i]);\n"
          "        failures = failures + 1;\n"
          "      end\n"
          "    end\n",
          file_of(*master), bus_words(*master->memory->contents), master->port);
    }
    return {};
  }

  /// The wires between masters and memories.
  std::string wires() const {
    std::string text;
    for (const DesignMaster* master : design_.masters()) {
      for (const AxiChannel& channel : master->channels) {
        for (const auto& [name, bits] : signals(channel)) {
          text += fmt::format("  wire {} {}_{};\n", range_text(bits), master->port, name);
        }
      }
      if (!master->memory->writes) continue;
      text += fmt::format("  logic {} expected [0:{}];\n",
                          range_text(master->memory->contents->transfer.bus_bits),
                          bus_words(*master->memory->contents) - 1);
    }
    return text;
  }

  static std::vector<AxiField> signals(const AxiChannel& channel) {
    std::vector<AxiField> all = {{channel.name + "valid", 1}, {channel.name + "ready", 1}};
    all.insert(all.end(), channel.fields.begin(), channel.fields.end());
    return all;
  }

  std::string instance() const {
    Bindings pins = {{"aclk", "aclk"}, {"aresetn", "aresetn"}};
    for (const char* name : {"awvalid", "awready", "awaddr", "wvalid", "wready", "wdata", "bvalid",
                             "arvalid", "arready", "araddr", "rvalid", "rdata"}) {
      pins.emplace_back(fmt::format("s_axi_control_{}", name), name);
    }
    pins.emplace_back("s_axi_control_wstrb", "4'hf");
    pins.emplace_back("s_axi_control_bready", "1'b1");
    pins.emplace_back("s_axi_control_bresp", "");
    pins.emplace_back("s_axi_control_rready", "1'b1");
    pins.emplace_back("s_axi_control_rresp", "");
    pins.emplace_back("s_axis_tvalid", "in_valid");
    pins.emplace_back("s_axis_tready", "in_ready");
    if (!design_.input_in_memory()) pins.emplace_back("s_axis_tdata", "in_data");
    pins.emplace_back("m_axis_tvalid", "out_valid");
    pins.emplace_back("m_axis_tready", "out_ready");
    if (!design_.output_in_memory()) {
      pins.emplace_back("m_axis_tdata", "out_data");
      pins.emplace_back("m_axis_tlast", "");
    }
    for (const DesignMaster* master : design_.masters()) {
      for (const AxiChannel& channel : master->channels) {
        for (const auto& [name, bits] : signals(channel)) {
          const bool constant = name == "rresp" || name == "bresp";
          const std::string signal = master->port + "_" + name;
          pins.emplace_back(signal, constant ? "2'b00" : signal);
        }
        if (channel.name[0] != 'a') continue;
        for (const char* constant : {"size", "burst", "cache", "prot"}) {
          pins.emplace_back(fmt::format("{}_{}{}", master->port, channel.name, constant), "");
        }
      }
    }
    return instance_text(design_.name, {}, "u_design", pins);
  }

  std::string memories() const {
    std::string text;
    for (const DesignMaster* master : design_.masters()) {
      const MemoryTensor& tensor = *master->memory->contents;
      const bool writes = master->memory->writes;
      const auto wire = [&](const char* name) { return master->port + "_" + name; };
      Bindings pins = {{"clk_i", "aclk"}, {"rst_ni", "aresetn"}};
      for (const char* name : {"arvalid", "araddr", "arlen", "rready", "awvalid", "awaddr", "awlen",
                               "wvalid", "wdata", "wstrb", "wlast", "bready"}) {
        const bool of_write = name[0] != 'r' && !(name[0] == 'a' && name[1] == 'r');
        pins.emplace_back(fmt::format("{}_i", name),
                          of_write == writes ? wire(name) : zeros(name, *master));
      }
      for (const char* name : {"arready", "rvalid", "rdata", "rlast"}) {
        pins.emplace_back(fmt::format("{}_o", name), writes ? "" : wire(name));
      }
      for (const char* name : {"awready", "wready", "bvalid"}) {
        pins.emplace_back(fmt::format("{}_o", name), writes ? wire(name) : "");
      }
      const int address = address_bits(*master);
      text +=
          "\n" + instance_text(
                     "qnn_bench_memory",
                     {{"BusBits", std::to_string(tensor.transfer.bus_bits)},
                      {"AddressWidth", std::to_string(address)},
                      {"Base", fmt::format("{}'h{:x}", address, tensor.transfer.base)},
                      {"Words", std::to_string(bus_words(tensor))},
                      {"File", writes ? "\"\"" : fmt::format("\"../test/{}\"", file_of(*master))}},
                     "u_" + master->port, pins);
    }
    return text;
  }

  /// What an input of the memory bears whose channel the master has not.
  static std::string zeros(const std::string& name, const DesignMaster& master) {
    const int bus = master.memory->contents->transfer.bus_bits;
    const int bits = name == "wdata"                          ? bus
                     : name == "wstrb"                        ? bus / 8
                     : name.find("addr") != std::string::npos ? address_bits(master)
                     : name.find("len") != std::string::npos  ? 8
                                                              : 1;
    return fmt::format("{}'d0", bits);
  }

  static int address_bits(const DesignMaster& master) {
    return master.channels.front().fields.front().bits;
  }

  const Design& design_;
  const ForeseenRun& run_;
};

}  // namespace

std::vector<DesignFile> test_files(const Scenario& scenario, const Design& design,
                                   const RunData& data) {
  std::vector<DesignFile> files;
  const auto port = [&](std::size_t edge) -> const Port& {
    return design.dataflow->port(design.dataflow->edges[edge]);
  };
  if (!design.input_in_memory()) {
    const Port& in = port(design.source_edge);
    files.push_back({"test/input.hex", words(joined(data.frames), in.lanes, in.type)});
  }
  const std::vector<Tensor> outputs = expected_outputs(scenario.network, data);
  if (!design.output_in_memory()) {
    const Port& out = port(design.sink_edge);
    files.push_back({"test/output.hex", words(joined(outputs), out.lanes, out.type)});
  }
  for (const DesignMaster* master : design.masters()) {
    MemoryTensor tensor = *master->memory->contents;
    for (std::size_t frame = 0; master->memory->writes && frame < outputs.size(); ++frame) {
      tensor.store(frame, outputs[frame].data.data());
    }
    files.push_back({"test/" + file_of(*master), tensor_text(tensor)});
  }
  return files;
}

std::string testbench_text(const Design& design, const ForeseenRun& run) {
  return Testbench(design, run).write();
}

}  // namespace qnnsim
