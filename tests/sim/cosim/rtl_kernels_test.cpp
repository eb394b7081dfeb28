// SPDX-License-Identifier: Apache-2.0
//
// RTL behind FIFOs, alone and beside a model, with RTL that is wrong in a known way.
#include <gtest/gtest.h>

#include "models/pad.h"
#include "sim/cosim/cosim.h"
#include "sim/cosim/rtl_kernel.h"
#include "sim/installation.h"
#include "tests/models/kernel_bench.h"

namespace qnnsim::test {
namespace {

/// A pad without padding is a register; so is this, but for what `body` makes of it.
CompiledRtl compile(const std::string& body) {
  RtlSource source;
  source.kernel = "layer.register";
  source.top = "register";
  source.text = R"(
module register (
  input aclk, input aresetn,
  input in_tvalid, output in_tready, input [15:0] in_tdata,
  output reg out_tvalid, input out_tready, output reg [15:0] out_tdata
);
  reg [15:0] taken;  // [beats]
  always @(posedge aclk) taken <= !aresetn ? 0 : taken + (in_tvalid && in_tready);
)" + body + "\nendmodule\n";
  return RtlCache(cache_directory()).get(source);
}

constexpr const char* kGood = R"(
  assign in_tready = !out_tvalid || out_tready;
  always @(posedge aclk) begin
    if (!aresetn) out_tvalid <= 0;
    else if (in_tready) out_tvalid <= in_tvalid;
    if (in_tready) out_tdata <= in_tdata;
  end)";

/// From its sixth beat on, lane 1 is wrong.
constexpr const char* kWrongData = R"(
  assign in_tready = !out_tvalid || out_tready;
  always @(posedge aclk) begin
    if (!aresetn) out_tvalid <= 0;
    else if (in_tready) out_tvalid <= in_tvalid;
    if (in_tready) out_tdata <= in_tdata ^ (taken >= 5 ? 16'h0100 : 0);
  end)";

/// Two registers: every beat a cycle late.
constexpr const char* kLate = R"(
  reg valid; reg [15:0] data;
  wire move = !out_tvalid || out_tready;
  assign in_tready = !valid || move;
  always @(posedge aclk) begin
    if (!aresetn) begin valid <= 0; out_tvalid <= 0; end
    else begin
      if (in_tready) valid <= in_tvalid;
      if (move) out_tvalid <= valid;
    end
    if (in_tready) data <= in_tdata;
    if (move) out_tdata <= data;
  end)";

/// Takes beats while the output is stalled, and loses them.
constexpr const char* kLosing = R"(
  assign in_tready = 1;
  always @(posedge aclk) begin
    if (!aresetn) out_tvalid <= 0;
    else if (!out_tvalid || out_tready) out_tvalid <= in_tvalid;
    if (!out_tvalid || out_tready) out_tdata <= in_tdata;
  end)";

constexpr const char* kEnding = R"(
  assign in_tready = !out_tvalid || out_tready;
  always @(posedge aclk) begin
    if (!aresetn) out_tvalid <= 0;
    else if (in_tready) out_tvalid <= in_tvalid;
    if (in_tready) out_tdata <= in_tdata;
    if (taken == 7) $fatal(1, "seven beats are enough");
  end)";

PadParams register_params() {
  PadParams p;
  p.height = 5;
  p.width = 8;
  p.channels = p.simd = 2;
  p.type = DataType::unsigned_integer(8);
  return p;
}

KernelCase register_case() {
  Draw draw(1);
  const PadParams p = register_params();
  KernelCase c;
  c.make = [p] { return std::make_unique<Pad>(p); };
  c.inputs = {draw.values(c.frames * 5 * 8 * 2, p.type)};
  c.outputs = c.inputs;
  return c;
}

std::unique_ptr<RtlInstance> instance_of(const CompiledRtl& compiled) {
  const Pad pad(register_params());
  return std::make_unique<RtlInstance>("layer.register", compiled, pad.inputs(), pad.outputs(),
                                       PortMap{}, "");
}

struct Outcome {
  LockstepReport report;
  bool ended = false;
  Trace trace;
};

Outcome run_lockstep(const char* body, Conditions conditions) {
  const CompiledRtl compiled = compile(body);
  KernelCase c = register_case();
  const auto ended = std::make_shared<bool>(false);
  const LockstepKernel* lockstep = nullptr;
  c.make = [&] {
    auto kernel = std::make_unique<LockstepKernel>(
        "layer.register", std::make_unique<Pad>(register_params()), instance_of(compiled), ended);
    lockstep = kernel.get();
    return kernel;
  };
  Outcome outcome;
  conditions.at_end = [&] { outcome.report = lockstep->report(); };
  outcome.trace = drive(c, conditions);
  outcome.ended = *ended;
  return outcome;
}

Conditions stalled_sink() {
  Conditions conditions;
  conditions.input_depth = conditions.output_depth = 2;
  conditions.sinks = {Pressure::random(0.6, 3)};
  return conditions;
}

TEST(LockstepKernel, FindsNothingWhereModelAndRtlAgree) {
  for (const Conditions& conditions : {Conditions{}, stalled_sink()}) {
    const Outcome outcome = run_lockstep(kGood, conditions);
    EXPECT_EQ(outcome.report.first_difference, "");
    EXPECT_EQ(outcome.report.beats, 2u * 3 * 40);
    EXPECT_EQ(outcome.report.data_mismatches + outcome.report.cycle_mismatches, 0u);
    EXPECT_FALSE(outcome.ended);
    EXPECT_EQ(outcome.trace.values.front(), register_case().outputs.front());
  }
}

TEST(LockstepKernel, NamesTheFirstLaneWithOtherData) {
  const Outcome outcome = run_lockstep(kWrongData, {});
  const KernelCase c = register_case();
  const Value right = c.inputs[0][2 * 5 + 1];
  EXPECT_EQ(outcome.report.first_difference.find(
                "layer.register, out, cycle 7: beat 5, lane 1: model " + std::to_string(right) +
                ", RTL " + std::to_string(right ^ 1)),
            0u)
      << outcome.report.first_difference;
  EXPECT_NE(outcome.report.first_difference.find("the last 20 cycles"), std::string::npos);
  EXPECT_EQ(outcome.report.data_mismatches, 3u * 40 - 5);
  EXPECT_EQ(outcome.report.cycle_mismatches, 0u);
}

TEST(LockstepKernel, CountsBeatsThatComeLateAndByHowMuch) {
  const Outcome outcome = run_lockstep(kLate, {});
  EXPECT_EQ(outcome.report.first_difference.find(
                "layer.register, out, cycle 2: the model gives beat 0, the RTL does not"),
            0u)
      << outcome.report.first_difference;
  EXPECT_EQ(outcome.report.beats, 2u * 3 * 40) << "late beats are compared too";
  EXPECT_EQ(outcome.report.cycle_mismatches, 3u * 40);
  EXPECT_EQ(outcome.report.worst_cycle_error, 1u);
  EXPECT_EQ(outcome.report.data_mismatches, 0u);
}

TEST(LockstepKernel, FindsABeatLostUnderStall) {
  EXPECT_EQ(run_lockstep(kLosing, {}).report.first_difference, "")
      << "nothing is lost in free flow";
  const Outcome outcome = run_lockstep(kLosing, stalled_sink());
  EXPECT_NE(outcome.report.first_difference.find("the RTL takes beat"), std::string::npos)
      << outcome.report.first_difference;
  EXPECT_GT(outcome.report.data_mismatches, 0u);
  EXPECT_TRUE(outcome.ended) << "there is no use in going on";
}

TEST(LockstepKernel, ShowsWhatRtlSaidThatEndedItself) {
  const Outcome outcome = run_lockstep(kEnding, {});
  EXPECT_NE(outcome.report.first_difference.find("seven beats are enough"), std::string::npos)
      << outcome.report.first_difference;
  EXPECT_TRUE(outcome.ended);
}

TEST(LockstepKernel, StandsStillWhereModelAndRtlDo) {
  Conditions conditions = stalled_sink();
  conditions.sinks_take = false;
  // Comes to rest, or `drive` fails.
  EXPECT_EQ(run_lockstep(kGood, conditions).report.beats, 2u + 3);
}

TEST(RtlKernel, MovesBeatsLikeTheModelItStandsFor) {
  const CompiledRtl compiled = compile(kGood);
  for (const Conditions& conditions : {Conditions{}, stalled_sink()}) {
    KernelCase c = register_case();
    const Trace expected = drive(c, conditions);
    c.make = [&] {
      return std::make_unique<RtlKernel>(
          std::make_unique<Pad>(register_params()), instance_of(compiled),
          [](Cycle, const std::string& said) { ADD_FAILURE() << said; });
    };
    const Trace trace = drive(c, conditions);
    EXPECT_EQ(first_difference(trace.taken[0], expected.taken[0]), "");
    EXPECT_EQ(first_difference(trace.emitted[0], expected.emitted[0]), "");
    EXPECT_EQ(trace.values, expected.values);
  }
}

TEST(RtlKernel, TellsWhenItsRtlEndsItself) {
  const CompiledRtl compiled = compile(kEnding);
  std::string heard;
  KernelCase c = register_case();
  c.make = [&] {
    return std::make_unique<RtlKernel>(
        std::make_unique<Pad>(register_params()), instance_of(compiled),
        [&](Cycle cycle, const std::string& said) { heard = std::to_string(cycle) + said; });
  };
  drive(c, {});
  EXPECT_NE(heard.find("seven beats are enough"), std::string::npos) << heard;
}

TEST(RtlInstance, RefusesStreamsThatDoNotFitTheLayer) {
  const CompiledRtl compiled = compile(kGood);
  const Port narrow{2, DataType::unsigned_integer(8), 1};
  const Port wide{3, DataType::unsigned_integer(8), 1};
  const auto message = [&](const std::vector<Port>& inputs, const std::vector<Port>& outputs) {
    try {
      RtlInstance instance("layer.register", compiled, inputs, outputs, {}, "");
    } catch (const RtlError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(message({narrow}, {narrow}), "");
  EXPECT_NE(message({wide}, {narrow}).find("in_tdata has 16 bits, but a beat of the layer has 24"),
            std::string::npos)
      << message({wide}, {narrow});
  EXPECT_NE(message({narrow, narrow}, {narrow}).find("1 stream"), std::string::npos);
}

}  // namespace
}  // namespace qnnsim::test
