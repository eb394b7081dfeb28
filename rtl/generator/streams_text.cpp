// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <utility>
#include <vector>

#include "models/axi_transfer.h"
#include "rtl/generator/module_text.h"
#include "sim/cosim/rtl_text.h"

namespace qnnsim {
namespace {

/// The module around a design whose every port is a stream.
class StreamsText {
 public:
  explicit StreamsText(const Design& design) : design_(design) {}

  std::string write() {
    const std::string& name = design_.name;
    pins_ = {{"aclk", "aclk"}, {"aresetn", "aresetn"}};
    stream("s_axis_aw", true, 16, "s_axi_control_aw", "s_axi_control_awaddr");
    stream("s_axis_w", true, 32, "s_axi_control_w", "s_axi_control_wdata");
    pins_.emplace_back("s_axi_control_wstrb", "4'hf");
    stream("s_axis_ar", true, 16, "s_axi_control_ar", "s_axi_control_araddr");
    end("s_axis_in", true, "s_axis_t", design_.input_in_memory(), design_.source_edge);
    for (const DesignMaster* master : design_.masters()) {
      master->memory->writes ? add_response(*master) : add_data(*master);
    }
    stream("m_axis_b", false, 8, "s_axi_control_b", "");
    assigns_ += "  wire [1:0] bresp;\n  assign m_axis_b_tdata = {6'd0, bresp};\n";
    pins_.emplace_back("s_axi_control_bresp", "bresp");
    stream("m_axis_r", false, 32, "s_axi_control_r", "s_axi_control_rdata");
    pins_.emplace_back("s_axi_control_rresp", "");
    end("m_axis_out", false, "m_axis_t", design_.output_in_memory(), design_.sink_edge);
    if (!design_.output_in_memory()) pins_.emplace_back("m_axis_tlast", "");
    for (const DesignMaster* master : design_.masters()) {
      if (!master->memory->writes) {
        add_address(*master, master->channels[0]);
      } else {
        add_address(*master, master->channels[0]);
        stream(stream_name(*master, "m", "w"), false, master->channels[1].fields[0].bits,
               master->port + "_w", master->port + "_wdata");
        pins_.emplace_back(master->port + "_wstrb", "");
        pins_.emplace_back(master->port + "_wlast", "");
      }
    }
    return fmt::format(
        "module {}_streams (\n  input  wire aclk,\n  input  wire aresetn{}\n);\n{}{}endmodule\n",
        name, ports_, assigns_, instance_text(name, {}, "u_design", pins_));
  }

 private:
  /// Declares a stream, and binds it to a channel of the design.
  void stream(const std::string& name, bool is_input, std::int64_t bits, const std::string& channel,
              const std::string& data) {
    const char* forward = is_input ? "input " : "output";
    const char* back = is_input ? "output" : "input ";
    ports_ +=
        fmt::format(",\n  {0} wire {1}_tvalid,\n  {2} wire {1}_tready,\n  {0} wire {3} {1}_tdata",
                    forward, name, back, range_text(bits));
    pins_.emplace_back(channel + "valid", name + "_tvalid");
    pins_.emplace_back(channel + "ready", name + "_tready");
    if (!data.empty()) pins_.emplace_back(data, name + "_tdata");
  }

  void end(const std::string& name, bool is_input, const std::string& channel, bool is_bare,
           std::size_t edge) {
    stream(name, is_input, is_bare ? 8 : padded_bits(design_, edge), channel,
           is_bare ? "" : channel + "data");
    if (is_bare && !is_input) assigns_ += fmt::format("  assign {}_tdata = 0;\n", name);
  }

  static std::string stream_name(const DesignMaster& master, const char* side,
                                 const std::string& channel) {
    return fmt::format("{}_axis_{}_{}", side, identifier(master.memory->tensor), channel);
  }

  void add_address(const DesignMaster& master, const AxiChannel& channel) {
    const std::string name = stream_name(master, "m", channel.name);
    const int bits = channel.fields[0].bits;
    stream(name, false, 64, master.port + "_" + channel.name, "");
    const std::string id = identifier(master.memory->tensor) + "_" + channel.name;
    assigns_ += fmt::format(
        "  wire {0} {1}addr;\n  wire [7:0] {1}len;\n"
        "  assign {2}_tdata = {{24'd0, {1}len, {1}addr[{3}:{4}]}};\n",
        range_text(bits), id, name, bits - 1, bits - 32);
    pins_.emplace_back(fmt::format("{}_{}addr", master.port, channel.name), id + "addr");
    pins_.emplace_back(fmt::format("{}_{}len", master.port, channel.name), id + "len");
    for (const char* constant : {"size", "burst", "cache", "prot"}) {
      pins_.emplace_back(fmt::format("{}_{}{}", master.port, channel.name, constant), "");
    }
  }

  /// R: the last beat of a burst is told by the lengths that have been asked for.
  void add_data(const DesignMaster& master) {
    const std::string name = stream_name(master, "s", "r");
    const std::string address = stream_name(master, "m", "ar");
    const std::string id = identifier(master.memory->tensor);
    stream(name, true, master.channels[1].fields[0].bits, master.port + "_r",
           master.port + "_rdata");
    assigns_ += fmt::format(
        "  wire [7:0] {0}_length;\n"
        "  reg [7:0] {0}_beat;\n"
        "  wire {0}_last = {0}_beat == {0}_length;\n"
        "  always @(posedge aclk) begin\n"
        "    if (!aresetn) {0}_beat <= 0;\n"
        "    else if ({1}_tvalid && {1}_tready) {0}_beat <= {0}_last ? 0 : {0}_beat + 1;\n"
        "  end\n",
        id, name);
    assigns_ += instance_text(
        "qnn_fifo",
        {{"Width", "8"}, {"Depth", std::to_string(master.memory->contents->transfer.outstanding)}},
        "u_" + id + "_lengths",
        {{"clk_i", "aclk"},
         {"rst_ni", "aresetn"},
         {"valid_i", fmt::format("{0}_tvalid && {0}_tready", address)},
         {"ready_o", ""},
         {"data_i", id + "_arlen"},
         {"valid_o", ""},
         {"ready_i", fmt::format("{0}_tvalid && {0}_tready && {1}_last", name, id)},
         {"data_o", id + "_length"},
         {"count_o", ""}});
    pins_.emplace_back(master.port + "_rlast", id + "_last");
    pins_.emplace_back(master.port + "_rresp", "2'b00");
  }

  void add_response(const DesignMaster& master) {
    stream(stream_name(master, "s", "b"), true, 8, master.port + "_b", "");
    pins_.emplace_back(master.port + "_bresp", "2'b00");
  }

  const Design& design_;
  std::string ports_;
  std::string assigns_;
  Bindings pins_;
};

}  // namespace

std::string streams_text(const Design& design) { return StreamsText(design).write(); }

}  // namespace qnnsim
