// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/rtl_ports.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>

#include "sim/cosim/command.h"
#include "sim/cosim/module_ports.h"
#include "sim/cosim/port_names.h"
#include "tests/temporary_directory.h"

namespace qnnsim {
namespace {

using Role = StreamName::Role;

/// What Verilator writes about the module `top` in `verilog`.
std::string xml_of(const std::string& verilog, const std::vector<std::string>& options = {}) {
  const test::TemporaryDirectory directory;
  test::write_file(directory / "top.sv", verilog);
  std::vector<std::string> command = {"verilator",  "--xml-only",   "--xml-output", "top.xml",
                                      "-Wno-fatal", "--top-module", "top",          "top.sv"};
  command.insert(command.end(), options.begin(), options.end());
  const CommandResult result = run_command(command, (directory / "").string());
  EXPECT_EQ(result.exit_code, 0) << result.output;
  return test::read_file(directory / "top.xml");
}

RtlPorts ports_of(const std::string& declarations, const PortMap& map = {}) {
  return find_ports(xml_of("module top(" + declarations + "); endmodule"), "top", map);
}

/// What is said of a module that cannot be driven.
std::string complaint(const std::string& declarations, const PortMap& map = {}) {
  try {
    ports_of(declarations, map);
  } catch (const RtlPortError& error) {
    return error.what();
  }
  return {};
}

/// The names of streams or pins.
template <typename Ports>
std::vector<std::string> names(const Ports& ports) {
  std::vector<std::string> result(ports.size());
  std::transform(ports.begin(), ports.end(), result.begin(),
                 [](const auto& port) { return port.name; });
  return result;
}

using Names = std::vector<std::string>;

const std::string kClocked = "input ap_clk, input ap_rst_n, ";
const std::string kInput = "input [7:0] in0_V_TDATA, input in0_V_TVALID, output in0_V_TREADY, ";
const std::string kOutput = "output [15:0] out_V_TDATA, output out_V_TVALID, input out_V_TREADY";

TEST(RtlPorts, FindsWhatAGeneratedKernelHas) {
  const RtlPorts ports = ports_of(kClocked + kInput + kOutput);
  EXPECT_EQ(ports.clock, "ap_clk");
  EXPECT_EQ(ports.reset, "ap_rst_n");
  EXPECT_TRUE(ports.reset_active_low);
  ASSERT_EQ(names(ports.inputs), Names{"in0_V"});
  EXPECT_EQ(ports.inputs[0].data, "in0_V_TDATA");
  EXPECT_EQ(ports.inputs[0].valid, "in0_V_TVALID");
  EXPECT_EQ(ports.inputs[0].ready, "in0_V_TREADY");
  EXPECT_EQ(ports.inputs[0].width_bits, 8);
  ASSERT_EQ(names(ports.outputs), Names{"out_V"});
  EXPECT_EQ(ports.outputs[0].width_bits, 16);
  EXPECT_TRUE(ports.idle_inputs.empty());
  EXPECT_TRUE(ports.idle_outputs.empty());
}

TEST(RtlPorts, KeepsTheOrderOfThePortsWhateverThatOfTheDeclarations) {
  const RtlPorts ports = find_ports(
      xml_of("module top(aclk, w_tready, w_tdata, w_tvalid, a_tvalid, a_tready, a_tdata);\n"
             "input a_tvalid; output a_tready; input [3:0] a_tdata; input aclk;\n"
             "input w_tvalid; output w_tready; input [3:0] w_tdata;\nendmodule"),
      "top", {});
  EXPECT_EQ(names(ports.inputs), (Names{"w", "a"}));
}

TEST(RtlPorts, ReadsTheWidthsOfTheParametersGiven) {
  const std::string verilog =
      "module top #(parameter W = 4, parameter F = \"a\") (input clk, input [W-1:0] s_tdata,\n"
      "input s_tvalid, output s_tready); endmodule";
  EXPECT_EQ(find_ports(xml_of(verilog), "top", {}).inputs[0].width_bits, 4);
  const std::string wider = xml_of(verilog, {"-GW=1000", "-GF=\"memory.dat\""});
  EXPECT_EQ(find_ports(wider, "top", {}).inputs[0].width_bits, 1000);
}

TEST(ModulePorts, AddUpTheWidthOfEveryType) {
  const auto ports = read_module_ports(
      xml_of(
          "typedef struct packed {logic [3:0] a; logic b;} pair_t;\n"
          "typedef enum logic [1:0] {A, B} two_t;\n"
          "module top #(parameter type T = logic [6:0]) (input one, input [0:0] range,\n"
          "input [200:1] offset, input [0:6] ascending, input logic [-1:-8] negative,\n"
          "input logic [3:0][7:0] packed2, input logic [1:-2][2:0] below_zero, input pair_t p,\n"
          "input pair_t [2:0] pairs, input two_t e, input T t, input int i, input byte signed c,\n"
          "input union packed {logic [7:0] q; logic [7:0] z;} u, input logic a [3],\n"
          "input real r, input string s); endmodule"),
      "top");
  std::map<std::string, int> widths;
  for (const ModulePort& port : ports) widths[port.name] = port.width_bits;
  const std::map<std::string, int> expected = {{"one", 1},         {"range", 1},    {"offset", 200},
                                               {"ascending", 7},   {"negative", 8}, {"packed2", 32},
                                               {"below_zero", 12}, {"p", 5},        {"pairs", 15},
                                               {"e", 2},           {"t", 7},        {"i", 32},
                                               {"c", 8},           {"u", 8},        {"a", 0},
                                               {"r", 0},           {"s", 0}};
  EXPECT_EQ(widths, expected);
}

TEST(ModulePorts, KnowAPortByTheNameThatVerilogGivesIt) {
  const auto ports =
      read_module_ports(xml_of("module top(input \\odd[0] , input two__lines); endmodule"), "top");
  ASSERT_EQ(ports.size(), 2u);
  EXPECT_EQ(ports[0].name, "odd[0]");
  EXPECT_EQ(ports[1].name, "two__lines");
}

TEST(ModulePorts, NameTheModulesThatAreThere) {
  try {
    read_module_ports(xml_of("module top; endmodule"), "tip");
    FAIL();
  } catch (const RtlPortError& error) {
    EXPECT_STREQ(error.what(), "there is no module 'tip'; modules found: top");
  }
}

TEST(PortNames, TellTheStreamInEveryStyle) {
  const auto is = [](const std::string& port, Role role, const std::string& prefix, bool is_axi) {
    const StreamName name = stream_name(port);
    EXPECT_EQ(name.role, role) << port;
    EXPECT_EQ(name.prefix, prefix) << port;
    EXPECT_EQ(name.is_axi, is_axi) << port;
  };
  is("s_axis_input_tdata", Role::kData, "s_axis_input", true);
  is("in0_V_V_TVALID", Role::kValid, "in0_V_V", true);
  is("in0TREADY", Role::kReady, "in0", true);
  is("tdata", Role::kData, "", true);
  is("m_axis_tready_i", Role::kReady, "m_axis", true);
  is("weight_data_i", Role::kData, "weight", false);
  is("valid_o", Role::kValid, "", false);
  is("outdata", Role::kData, "out", false);
  is("OUTDATA", Role::kData, "OUT", false);
  is("irdy", Role::kReady, "i", false);
  is("TLAST", Role::kNone, "", false);
  is("interrupt", Role::kNone, "", false);
}

TEST(PortNames, TellClocks) {
  for (const char* name :
       {"ap_clk", "aclk", "clk", "clk_i", "clock", "s_axis_aclk", "CLK", "i_clk"})
    EXPECT_TRUE(is_clock_name(name)) << name;
  for (const char* name : {"ap_clk2x", "clken", "blck", "clk_en", "weclk2"})
    EXPECT_FALSE(is_clock_name(name)) << name;
}

TEST(PortNames, TellResetsAndTheirPolarity) {
  for (const char* name : {"ap_rst_n", "aresetn", "rst_ni", "rst_n", "resetn", "nrst", "ARESETN",
                           "s_axis_aresetn", "n_reset", "rst_n_i", "rstn"})
    EXPECT_EQ(reset_is_active_low(name), true) << name;
  for (const char* name : {"rst", "reset", "ap_rst", "rst_i", "areset", "i_rst", "sys_reset"})
    EXPECT_EQ(reset_is_active_low(name), false) << name;
  for (const char* name : {"first", "burst", "preset", "reset_count", "rst_done", "n"})
    EXPECT_EQ(reset_is_active_low(name), std::nullopt) << name;
}

TEST(RtlPorts, HoldsWhatBelongsToNoStream) {
  const RtlPorts ports = ports_of(kClocked + "input ap_clk2x, input in0_V_TLAST, " +
                                  "input [2:0] in0_V_TKEEP, output busy, " + kInput + kOutput);
  EXPECT_EQ(ports.clock, "ap_clk");
  EXPECT_EQ(names(ports.idle_inputs), (Names{"ap_clk2x", "in0_V_TLAST", "in0_V_TKEEP"}));
  EXPECT_EQ(ports.idle_inputs[2].width_bits, 3);
  EXPECT_EQ(names(ports.idle_outputs), Names{"busy"});
}

TEST(RtlPorts, TakesNoChannelOfAMemoryBusForAStream) {
  const RtlPorts ports =
      ports_of(kClocked +
               "input s_axilite_AWVALID, output s_axilite_AWREADY, input [3:0] s_axilite_AWADDR,"
               "input s_axilite_WVALID, output s_axilite_WREADY, input [31:0] s_axilite_WDATA,"
               "output s_axilite_BVALID, input s_axilite_BREADY, output [1:0] s_axilite_BRESP,"
               "input s_axilite_ARVALID, output s_axilite_ARREADY, input [3:0] s_axilite_ARADDR,"
               "output s_axilite_RVALID, input s_axilite_RREADY, output [31:0] s_axilite_RDATA, " +
               kInput + kOutput);
  EXPECT_EQ(names(ports.inputs), Names{"in0_V"});
  EXPECT_EQ(names(ports.outputs), Names{"out_V"});
  EXPECT_EQ(ports.idle_inputs.size(), 8u);
}

TEST(RtlPorts, NamesStreamsWithNothingInCommonByTheirData) {
  const RtlPorts ports = ports_of(
      "input clk_i, input rst_ni, input valid_i, output ready_o, input [7:0] data_i,"
      "output valid_o, input ready_i, output [7:0] data_o,"
      "input x_valid_i, output x_ready_o, input [7:0] x_data_i,"
      "output x_valid_o, input x_ready_i, output [7:0] x_data_o");
  EXPECT_EQ(names(ports.inputs), (Names{"data_i", "x_data_i"}));
  EXPECT_EQ(names(ports.outputs), (Names{"data_o", "x_data_o"}));
}

TEST(RtlPorts, DoWithoutAReset) { EXPECT_EQ(ports_of("input clk, " + kInput + kOutput).reset, ""); }

TEST(RtlPorts, FindAnActiveHighReset) {
  const RtlPorts ports = ports_of("input clk, input rst, " + kInput + kOutput);
  EXPECT_EQ(ports.reset, "rst");
  EXPECT_FALSE(ports.reset_active_low);
}

TEST(RtlPorts, FollowThePortMap) {
  PortMap map;
  map.clock = "tick";
  map.more_clocks = {"tick_b"};
  map.reset = "clear";
  map.reset_active_low = false;
  map.streams = {{"pixels", "px", "px_ok", "px_go"}, {"in0_V", "", "", ""}, {"out_V", "", "", ""}};
  map.constants = {{"mode", 5}};
  const RtlPorts ports =
      ports_of("input tick, input tick_b, input clear, input [2:0] mode, " + kInput + kOutput +
                   ", input [8:0] px, input px_ok, output px_go, "
                   "input [1:0] other_data, input other_valid, output other_ready",
               map);
  EXPECT_EQ(ports.clock, "tick");
  EXPECT_EQ(ports.more_clocks, Names{"tick_b"});
  EXPECT_EQ(ports.reset, "clear");
  EXPECT_FALSE(ports.reset_active_low);
  EXPECT_EQ(names(ports.inputs), (Names{"pixels", "in0_V"}));
  EXPECT_EQ(ports.inputs[0].ready, "px_go");
  EXPECT_EQ(ports.inputs[0].width_bits, 9);
  EXPECT_EQ(names(ports.outputs), Names{"out_V"});
  EXPECT_EQ(names(ports.idle_inputs), (Names{"mode", "other_data", "other_valid"}));
}

TEST(RtlPorts, ListEveryPortWhereNoStreamIsFound) {
  const std::string no_stream =
      "  no AXI-Stream was found (*_tdata, *_tvalid, *_tready); name its ports in 'ports: "
      "{streams: }'\n";
  EXPECT_EQ(complaint("input clk, input [7:0] pixel, output q"),
            "module 'top' cannot be driven:\n" + no_stream +
                "  its ports: input clk, input [7:0] pixel, output q");
  EXPECT_EQ(complaint(""),
            "module 'top' cannot be driven:\n"
            "  no clock was found (ap_clk, aclk, clk, clock); name it in 'ports: {clock: }'\n" +
                no_stream + "  its ports: none");
}

/// Does the complaint about the ports begin with `expected`?
void expect_complaint(const std::string& declarations, const PortMap& map,
                      const std::string& expected) {
  const std::string found = complaint(declarations, map);
  EXPECT_EQ(found.substr(0, found.rfind("\n  its ports: ")),
            "module 'top' cannot be driven:\n  " + expected);
}

TEST(RtlPorts, RefuseWhatCannotBeDriven) {
  const std::string whole = kClocked + kInput + kOutput;
  expect_complaint(whole + ", inout pad", {}, "'pad' is an inout, which cannot be driven");
  expect_complaint(whole + ", input \\odd[0] ", {},
                   "the name 'odd[0]' has other characters than letters, digits and _");
  expect_complaint(whole + ", input real x", {}, "the input 'x' is no vector of bits");
  expect_complaint(
      kInput + "input clk_a, input clk, input s_clk", {},
      "more than one port may be the clock: clk, s_clk; name it in 'ports: {clock: }'");
  expect_complaint(
      "input clk, input rst, input aresetn, " + kInput + kOutput, {},
      "more than one port may be the reset: rst, aresetn; name it in 'ports: {reset: }'");
  expect_complaint(kClocked + "input s_tvalid, input s_tdata", {},
                   "the stream 's' has no port for ready");
  expect_complaint(kClocked + "output s_tvalid", {},
                   "the stream 's' has no port for data and ready");
  expect_complaint(kClocked + "input [1:0] s_tvalid, output s_tready, input s_tdata", {},
                   "'s_tvalid' is not one bit wide");
}

TEST(RtlPorts, RefuseAPortMapThatDoesNotFit) {
  const std::string whole = kClocked + kInput + kOutput;
  PortMap map;
  map.clock = "ap_clock";
  expect_complaint(whole, map, "there is no port 'ap_clock', did you mean 'ap_clk'?");
  map = {};
  map.clock = "in0_V_TDATA";
  expect_complaint(whole, map,
                   "'in0_V_TDATA' cannot be the clock: it is no input of one bit\n  "
                   "the stream 'in0_V' has no port for data");
  map = {};
  map.reset = "clear";
  expect_complaint(whole + ", input clear", map,
                   "whether the reset 'clear' is active low does not show in its name; say so in "
                   "'ports: {reset_active: low}'");
  map = {};
  map.streams = {{"in0_V", "", "", "out_V_TREADY"}};
  expect_complaint(whole, map,
                   "data and valid of the stream 'in0_V' must go one way and ready the other");
  map.streams = {{"in0_V", "", "", ""}, {"again", "in0_V_TDATA", "in0_V_TVALID", "in0_V_TREADY"}};
  expect_complaint(whole, map,
                   "'in0_V_TDATA' has two uses\n  'in0_V_TVALID' has two uses\n  "
                   "'in0_V_TREADY' has two uses");
  map = {};
  map.constants = {{"mode", 8}, {"out_V_TDATA", 0}, {"nothing", 1}};
  expect_complaint(
      whole + ", input [2:0] mode", map,
      "the constant 8 does not fit into 'input [2:0] mode'\n  there is no port "
      "'nothing'\n  'out_V_TDATA' cannot be a constant: it is an output or has another "
      "use");
}

}  // namespace
}  // namespace qnnsim
