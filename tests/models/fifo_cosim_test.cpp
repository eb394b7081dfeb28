// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/fifo.h"
#include "models/pipeline.h"
#include "sim/cosim/rtl_cache.h"
#include "sim/cosim/rtl_instance.h"
#include "sim/installation.h"
#include "tests/models/draw.h"

namespace qnnsim::test {
namespace {

constexpr int kLanes = 3;
const DataType kType = DataType::signed_integer(5);

std::vector<int> depths() {
  std::vector<int> result;
  for (int depth = 1; depth <= 40; ++depth) result.push_back(depth);
  append(result, {64, 100, 513, 1000});
  return result;
}

/// FIFOs of `style` side by side. Of FIFO n, `s_axis_<n>` is the input, `m_axis_<n>_beat` the
/// output and `m_axis_<n>_count` a stream that always has a beat: occupancy and highest occupancy.
std::string side_by_side(const std::string& style) {
  std::string ports = "  input wire aclk, input wire aresetn";
  std::string fifos;
  int n = 0;
  for (int depth : depths()) {
    const int width = kLanes * kType.bits();
    const int count = clog2(depth + 1);
    ports += fmt::format(
        ",\n  input wire s_axis_{0}_tvalid, output wire s_axis_{0}_tready, "
        "input wire [{1}:0] s_axis_{0}_tdata",
        n, width - 1);
    for (const auto& [name, bits] : {std::pair("beat", width), std::pair("count", 2 * count)}) {
      ports += fmt::format(
          ",\n  output wire m_axis_{0}_{1}_tvalid, input wire m_axis_{0}_{1}_tready, "
          "output wire [{2}:0] m_axis_{0}_{1}_tdata",
          n, name, bits - 1);
    }
    fifos += fmt::format(
        "  assign m_axis_{0}_count_tvalid = 1'b1;\n"
        "  wire [31:0] peak_{0};\n"
        "  assign m_axis_{0}_count_tdata[{5}:{6}] = peak_{0}[{4}:0];\n"
        "  qnn_peak #(.Width({6})) u_peak_{0} (\n"
        "    .clk_i(aclk), .rst_ni(aresetn), .track_i(1'b1),\n"
        "    .count_i(m_axis_{0}_count_tdata[{4}:0]), .peak_o(peak_{0})\n"
        "  );\n"
        "  qnn_fifo #(.Width({1}), .Depth({2}), .Style(\"{3}\")) u_fifo_{0} (\n"
        "    .clk_i(aclk), .rst_ni(aresetn),\n"
        "    .valid_i(s_axis_{0}_tvalid), .ready_o(s_axis_{0}_tready), .data_i(s_axis_{0}_tdata),\n"
        "    .valid_o(m_axis_{0}_beat_tvalid), .ready_i(m_axis_{0}_beat_tready),\n"
        "    .data_o(m_axis_{0}_beat_tdata), .count_o(m_axis_{0}_count_tdata[{4}:0])\n"
        "  );\n",
        n, width, depth, style, count - 1, 2 * count - 1, count);
    ++n;
  }
  return "module fifos (\n" + ports + "\n);\n" + fifos + "endmodule\n";
}

/// How often the two sides are willing, for a while.
struct Phase {
  int cycles;
  int push_percent;
  int pop_percent;
};

const std::vector<Phase> kPhases = {{100, 100, 100},                  // free flow
                                    {1100, 100, 0},  {50, 100, 100},  // filled up, and kept full
                                    {1100, 0, 100},  {50, 100, 100},  // emptied, and kept empty
                                    {400, 20, 80},   {800, 80, 20},   // starved, blocked
                                    {800, 50, 50},   {400, 90, 90},   // about even
                                    {400, 100, 50},  {400, 50, 100}};

class FifoCosim : public testing::TestWithParam<const char*> {};

TEST_P(FifoCosim, ModelAndRtlHoldTheSameBeatsInEveryCycle) {
  const std::vector<int> all = depths();
  RtlSource source;
  source.kernel = "fifos";
  source.top = "fifos";
  source.text = side_by_side(GetParam());
  for (const char* module : {"qnn_fifo", "qnn_ram", "qnn_peak"}) {
    source.files.push_back(installed_directory("rtl") + "/" + module + ".sv");
  }
  std::vector<Port> inputs;
  std::vector<Port> outputs;
  for (int depth : all) {
    inputs.push_back({kLanes, kType, 0});
    outputs.push_back({kLanes, kType, 0});
    outputs.push_back({2, DataType::unsigned_integer(clog2(depth + 1)), 0});
  }
  const CompiledRtl compiled = RtlCache(cache_directory()).get(source);
  RtlInstance rtl("fifos", compiled, inputs, outputs, {}, "");

  CommitList commits(all.size());
  std::vector<std::unique_ptr<Fifo>> models;
  for (int depth : all) {
    models.push_back(std::make_unique<Fifo>(depth, kLanes, commits));
    models.back()->carry_data();
  }
  std::vector<std::vector<Value>> offered(all.size());  // empty: nothing
  std::vector<char> accepts(all.size());
  Draw draw(1);
  Cycle now = 0;
  for (const Phase& phase : kPhases) {
    for (int cycle = 0; cycle < phase.cycles; ++cycle, ++now) {
      for (std::size_t i = 0; i < all.size(); ++i) {
        // A beat that is offered stays until it is taken.
        if (offered[i].empty() && draw.between(1, 100) <= phase.push_percent) {
          offered[i] = draw.values(kLanes, kType);
          rtl.offer(i, offered[i].data());
        } else if (offered[i].empty()) {
          rtl.withdraw(i);
        }
        accepts[i] = draw.between(1, 100) <= phase.pop_percent;
        rtl.accept(2 * i, accepts[i]);
        rtl.accept(2 * i + 1, true);
      }
      rtl.settle();
      for (std::size_t i = 0; i < all.size(); ++i) {
        SCOPED_TRACE(fmt::format("depth {}, cycle {}", all[i], now));
        Fifo& model = *models[i];
        ASSERT_EQ(rtl.is_valid(2 * i), model.can_pop());
        Value counts[2];
        rtl.read(2 * i + 1, counts);
        ASSERT_EQ(counts[0], Value(model.occupancy()));
        ASSERT_EQ(counts[1], Value(model.statistics(now).max_occupancy));
        if (model.can_pop()) {
          std::vector<Value> beat(kLanes);
          rtl.read(2 * i, beat.data());
          ASSERT_EQ(beat, std::vector<Value>(model.front(), model.front() + kLanes));
        }
        if (!offered[i].empty()) {
          ASSERT_EQ(rtl.takes(i), model.can_push());
          if (model.can_push()) {
            std::copy(offered[i].begin(), offered[i].end(), model.push());
            offered[i].clear();
          }
        }
        if (accepts[i] && model.can_pop()) model.pop();
      }
      commits.commit(now);
      rtl.clock_edge();
      ASSERT_FALSE(rtl.stopped()) << rtl.said();
    }
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(models[i]->statistics(now).max_occupancy, std::uint64_t(all[i])) << "never full";
    EXPECT_GT(models[i]->beats_out(), 1000u) << "depth " << all[i];
  }
}

INSTANTIATE_TEST_SUITE_P(Styles, FifoCosim, testing::Values("auto", "srl", "lut", "bram", "uram"));

}  // namespace
}  // namespace qnnsim::test
