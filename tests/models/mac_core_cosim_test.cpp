// SPDX-License-Identifier: Apache-2.0
//
// The multiply-accumulate cores in RTL against exact sums.
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/packed_mac.h"
#include "models/pipeline.h"
#include "sim/cosim/rtl_cache.h"
#include "sim/cosim/rtl_instance.h"
#include "sim/installation.h"
#include "tests/models/draw.h"

namespace qnnsim::test {
namespace {

/// The parameter `Slice` or `Core` of the RTL.
enum Style { kLut = 0, kDsp48e1 = 1, kDsp48e2 = 2, kDsp58 = 3 };

struct Core {
  Style style = kDsp48e2;
  int pe = 1;
  int simd = 1;
  DataType weight = DataType::signed_integer(4);
  DataType input = DataType::unsigned_integer(4);
  int result_bits = 16;
  bool depthwise = false;
  bool narrow = false;
  int folds = 1;            ///< most of a sum
  bool knows_folds = true;  ///< the RTL is told
  bool primitives = false;  ///< the slices are the vendor's primitives

  int weight_lanes() const { return pe * simd; }
  int input_lanes() const { return depthwise ? pe * simd : simd; }

  std::string describe() const {
    return test::describe({{"style", style},
                           {"pe", pe},
                           {"simd", simd},
                           {"result_bits", result_bits},
                           {"depthwise", depthwise},
                           {"narrow", narrow},
                           {"folds", knows_folds ? folds : 0},
                           {"primitives", primitives}}) +
           ", " + weight.name() + " x " + input.name();
  }

  /// The core with streams for the operands, for first and last, and for the results.
  RtlSource source() const {
    RtlModule module(style == kLut     ? "qnn_mac_lut"
                     : style == kDsp58 ? "qnn_mac_dsp58"
                                       : "qnn_mac_dsp48");
    module.set("Pe", pe).set("Simd", simd).set_type("Weight", weight).set_type("In", input);
    module.set("OutWidth", result_bits).set("Depthwise", depthwise);
    if (style != kLut) module.set("Narrow", narrow).set("Folds", knows_folds ? folds : 0);
    if (style == kDsp48e1 || style == kDsp48e2) module.set("Slice", style);

    RtlSource source;
    source.kernel = describe();
    source.top = "mac_core_axis";
    const auto range = [](int bits) { return "[" + std::to_string(bits - 1) + ":0] "; };
    const auto stream = [](const std::string& name, const char* forward, const char* back,
                           const std::string& bits) {
      return ",\n  " + std::string(forward) + " wire " + name + "_tvalid,\n  " + back + " wire " +
             name + "_tready,\n  " + forward + " wire " + bits + name + "_tdata";
    };
    std::string parameters;
    for (const auto& [name, value] : module.parameters) {
      parameters += (parameters.empty() ? "." : ", .") + name + "(" + value + ")";
    }
    const std::string latency = std::to_string(3 + clog2(simd));
    source.text =
        "module mac_core_axis (\n  input wire aclk,\n  input wire aresetn" +
        stream("s_axis_0", "input", "output", range(weight_lanes() * weight.bits())) +
        stream("s_axis_1", "input", "output", range(input_lanes() * input.bits())) +
        stream("s_axis_2", "input", "output", range(2)) +
        stream("m_axis_0", "output", "input", range(pe * result_bits)) +
        ");\n  wire valid = s_axis_0_tvalid && s_axis_1_tvalid && s_axis_2_tvalid;\n"
        "  assign {s_axis_0_tready, s_axis_1_tready, s_axis_2_tready} = 3'b111;\n"
        "  reg [" +
        latency +
        ":1] completes;\n"
        "  always @(posedge aclk) begin\n"
        "    if (!aresetn) completes <= 0;\n"
        "    else completes <= {completes[" +
        latency +
        "-1:1], valid && s_axis_2_tdata[1]};\n"
        "  end\n"
        "  assign m_axis_0_tvalid = completes[" +
        latency + "];\n  " + module.module + " #(" + parameters +
        ") u_core (\n"
        "    .clk_i(aclk), .rst_ni(aresetn), .valid_i(valid), .first_i(s_axis_2_tdata[0]),\n"
        "    .last_i(s_axis_2_tdata[1]), .weights_i(s_axis_0_tdata),\n"
        "    .activations_i(s_axis_1_tdata), .result_o(m_axis_0_tdata)\n  );\nendmodule\n";
    for (const char* file : {"qnn_adder_tree", "qnn_delay", "qnn_dsp48", "qnn_dsp58",
                             "qnn_dsp58_dot", "qnn_lut_product", "qnn_mac_dsp48", "qnn_mac_dsp58",
                             "qnn_mac_lut", "qnn_packed_dsp", "qnn_packed_rows", "qnn_signed"}) {
      source.files.push_back(installed_directory("rtl") + "/" + file + ".sv");
    }
    if (primitives) {
      source.files.push_back(QNNSIM_SOURCE_DIR "/tests/rtl/dsp_primitives.sv");
      source.defines = {{"QNN_VENDOR_DSP", "1"}};
    }
    return source;
  }
};

/// A compiled core beside exact sums.
class Bench {
 public:
  Bench(const Core& core, const CompiledRtl& compiled)
      : core_(core),
        result_type_(DataType::signed_integer(core.result_bits)),
        rtl_(core.describe(), compiled,
             {{core.weight_lanes(), core.weight, 0},
              {core.input_lanes(), core.input, 0},
              {2, DataType::unsigned_integer(1), 0}},
             {{core.pe, result_type_, 0}}, PortMap{}, ""),
        sums_(static_cast<std::size_t>(core.pe)),
        results_(static_cast<std::size_t>(core.pe)) {}

  /// Returns whether a result that came out in this cycle is the one expected.
  bool issue(const std::vector<Value>& weights, const std::vector<Value>& inputs, bool first,
             bool last) {
    for (int pe = 0; pe < core_.pe; ++pe) {
      std::int64_t& sum = sums_[static_cast<std::size_t>(pe)];
      if (first) sum = 0;
      for (int s = 0; s < core_.simd; ++s) {
        const int w = core_.depthwise ? s * core_.pe + pe : pe * core_.simd + s;
        const int x = core_.depthwise ? w : s;
        sum += std::int64_t{weights[static_cast<std::size_t>(w)]} *
               inputs[static_cast<std::size_t>(x)];
      }
    }
    if (last) expected_.push_back(sums_);
    const Value flags[] = {first, last};
    rtl_.offer(0, weights.data());
    rtl_.offer(1, inputs.data());
    rtl_.offer(2, flags);
    return cycle();
  }

  bool bubble() {
    for (std::size_t stream = 0; stream < 3; ++stream) rtl_.withdraw(stream);
    return cycle();
  }

  /// Lets the pipeline run empty; returns whether everything expected has come out.
  bool drain() {
    for (int i = 0; i <= 3 + clog2(core_.simd); ++i) {
      if (!bubble()) return false;
    }
    return expected_.empty();
  }

  std::uint64_t results() const { return count_; }
  std::string said() const { return rtl_.said(); }

 private:
  bool cycle() {
    rtl_.accept(0, true);
    rtl_.settle();
    bool good = !rtl_.stopped();
    if (good && rtl_.is_valid(0)) {
      rtl_.read(0, results_.data());
      for (std::size_t pe = 0; pe < results_.size(); ++pe) {
        good = good && results_[pe] == wrap(expected_.front()[pe], core_.result_bits);
      }
      expected_.pop_front();
      ++count_;
    }
    rtl_.clock_edge();
    return good && !rtl_.stopped();
  }

  const Core core_;
  const DataType result_type_;
  RtlInstance rtl_;
  std::vector<std::int64_t> sums_;
  std::vector<Value> results_;
  std::deque<std::vector<std::int64_t>> expected_;
  std::uint64_t count_ = 0;
};

/// Compiles all cores, then calls `check` with a bench of each, up to the first that fails.
template <typename Check>
void for_every_core(const std::vector<Core>& cores, Check check) {
  std::vector<RtlSource> sources;
  for (const Core& core : cores) sources.push_back(core.source());
  const auto compiled = RtlCache(cache_directory()).get_all(sources, {});
  for (std::size_t i = 0; i < cores.size() && !testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE(cores[i].describe());
    Bench bench(cores[i], compiled[i]);
    check(cores[i], bench);
    EXPECT_TRUE(bench.drain()) << bench.said();
    EXPECT_GT(bench.results(), 0u);
  }
}

std::vector<Value> all_values(DataType type, bool narrow) {
  std::vector<Value> values;
  for (std::int64_t v = type.min() + (narrow ? 1 : 0); v <= type.max(); ++v) {
    if (type.holds(v)) values.push_back(static_cast<Value>(v));
  }
  return values;
}

/// Every combination of weights in the lanes of one slice, with every activation.
void expect_exhaustive(int bits) {
  std::vector<Core> cores;
  for (const Style style : {kDsp48e1, kDsp48e2}) {
    for (const DataType input :
         {DataType::unsigned_integer(bits), DataType::signed_integer(bits)}) {
      for (const bool narrow : {false, true}) {
        Core core;
        core.style = style;
        core.weight = DataType::signed_integer(bits);
        core.input = input;
        core.narrow = narrow;
        core.pe = lane_plan(static_cast<DspSlice>(style), {core.weight, input, narrow}).lanes;
        core.result_bits = 2 * bits + 1;
        cores.push_back(core);
      }
    }
  }
  for_every_core(cores, [](const Core& core, Bench& bench) {
    const std::vector<Value> weights = all_values(core.weight, core.narrow);
    const auto lanes = static_cast<std::size_t>(core.pe);
    std::vector<std::size_t> digits(lanes, 0);
    std::vector<Value> word(lanes, weights[0]);
    for (std::size_t lane = 0; lane < lanes;) {
      for (const Value input : all_values(core.input, false)) {
        ASSERT_TRUE(bench.issue(word, {input}, true, true)) << bench.said();
      }
      for (lane = 0; lane < lanes && ++digits[lane] == weights.size(); ++lane) digits[lane] = 0;
      for (std::size_t l = 0; l < lanes; ++l) word[l] = weights[digits[l]];
    }
  });
}

TEST(MacCoreCosim, EveryFourBitProductInEveryLaneIsExact) { expect_exhaustive(4); }

TEST(MacCoreCosim, EveryThreeBitProductInEveryLaneIsExact) { expect_exhaustive(3); }

Core draw_core(Draw& draw, Style style) {
  Core core;
  core.style = style;
  const int most = style == kDsp58 ? 23 : style == kLut ? 8 : 17;
  const int bits = draw.pick({2, 3, 4, 4, 5, 8, 9});
  const int input_bits = draw.pick({2, 3, 4, 4, 8, 9, most});
  core.weight = draw.pick({DataType::signed_integer(bits), DataType::signed_integer(bits),
                           DataType::unsigned_integer(bits - 1), DataType::bipolar()});
  core.input = draw.pick({DataType::unsigned_integer(input_bits),
                          DataType::signed_integer(input_bits), DataType::bipolar()});
  core.depthwise = draw.one_in(4);
  core.narrow = draw.one_in(2);
  core.pe = draw.between(1, 11);
  core.simd = draw.between(1, 9);
  // Chains of DSP58 with several segments.
  if (style == kDsp58 && draw.one_in(2)) {
    core.pe = draw.between(1, 2);
    core.simd = draw.between(10, 40);
  }
  core.folds = draw.pick({1, 2, 9, 60});
  core.knows_folds = !draw.one_in(3);
  const MacOperands operands(core.weight, core.input, core.narrow);
  const int sum_bits = operands.weight_bits + operands.activation_magnitude +
                       clog2(std::int64_t{core.simd} * core.folds);
  core.result_bits = draw.pick({2, 10, 32, std::min(sum_bits, 32)});
  return core;
}

/// Sums of random lengths with bubbles; half of the operands from the ends of their ranges.
void drive_randomly(const Core& core, Bench& bench, Draw& draw, int issues) {
  const auto pick = [&draw](const std::vector<Value>& values) {
    if (draw.one_in(2)) return draw.one_in(2) ? values.front() : values.back();
    return values[draw.bits() % values.size()];
  };
  const std::vector<Value> weights =
      all_values(core.weight, core.narrow && core.weight.is_signed() && !core.weight.is_bipolar());
  const std::vector<Value> inputs = all_values(core.input, false);
  std::vector<Value> w(static_cast<std::size_t>(core.weight_lanes()));
  std::vector<Value> x(static_cast<std::size_t>(core.input_lanes()));
  int left = 0;
  bool first = true;
  for (int issue = 0; issue < issues || left > 0; ++issue) {
    while (draw.one_in(4)) ASSERT_TRUE(bench.bubble()) << bench.said();
    if (left == 0) {
      left = draw.between(1, core.folds);
      first = true;
    }
    for (Value& value : w) value = pick(weights);
    for (Value& value : x) value = pick(inputs);
    ASSERT_TRUE(bench.issue(w, x, first, --left == 0)) << "issue " << issue << ' ' << bench.said();
    first = false;
  }
}

void expect_random(Style style, int count) {
  std::vector<Core> cores;
  for (int seed = 1; seed <= count; ++seed) {
    Draw draw(static_cast<std::uint64_t>(seed + 100 * style));
    cores.push_back(draw_core(draw, style));
  }
  Draw draw(1);
  for_every_core(
      cores, [&draw](const Core& core, Bench& bench) { drive_randomly(core, bench, draw, 3000); });
}

TEST(MacCoreCosim, SumsInDsp48e1AreExact) { expect_random(kDsp48e1, 12); }

TEST(MacCoreCosim, SumsInDsp48e2AreExact) { expect_random(kDsp48e2, 12); }

TEST(MacCoreCosim, SumsInDsp58AreExact) { expect_random(kDsp58, 16); }

// tests/rtl/dsp_primitives.sv is what the user guides say of them.
TEST(MacCoreCosim, TheVendorsPrimitivesAreWiredUpRight) {
  std::vector<Core> cores(6);
  cores[0].style = kDsp48e1;
  cores[1].style = kDsp48e2;
  for (std::size_t i : {2, 3, 4, 5}) cores[i].style = kDsp58;
  for (Core& core : cores) {
    core.primitives = true;
    core.pe = 4;
    core.simd = 3;
    core.folds = 9;
    core.result_bits = 32;
  }
  cores[3].simd = 1;  // packed
  for (std::size_t i : {4, 5}) {
    cores[i].weight = DataType::signed_integer(8);
    cores[i].input = DataType::signed_integer(9);
    cores[i].pe = 1;
    cores[i].simd = 34;  // four segments
  }
  cores[5].depthwise = true;
  Draw draw(1);
  for_every_core(
      cores, [&draw](const Core& core, Bench& bench) { drive_randomly(core, bench, draw, 3000); });
}

TEST(MacCoreCosim, SumsInLutsAreExact) { expect_random(kLut, 4); }

}  // namespace
}  // namespace qnnsim::test
