// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/rtl_instance.h"
#include "sim/installation.h"
#include "tests/models/kernel_cosim.h"
#include "tests/models/pool_cases.h"

namespace qnnsim::test {
namespace {

INSTANTIATE_TEST_SUITE_P(Pool, KernelCosim,
                         testing::Values(CosimCases{"PositionByPosition", 14, position_by_position},
                                         CosimCases{"WholeWindowAtOnce", 14, whole_windows}));

/// qnn_mean of `counts` counts from 1 on side by side, as a kernel that takes a sum and gives the
/// means in every cycle.
constexpr const char* kMeans = R"(
module means #(
  parameter integer Width = 8, parameter integer Counts = 1, parameter integer HalfEven = 0
) (
  input wire clk, input wire rst_n,
  input wire s_axis_tvalid, output wire s_axis_tready, input wire [Width-1:0] s_axis_tdata,
  output wire m_axis_tvalid, input wire m_axis_tready, output wire [Counts*Width-1:0] m_axis_tdata
);
  assign s_axis_tready = 1'b1;
  assign m_axis_tvalid = 1'b1;
  for (genvar i = 0; i < Counts; i++) begin : gen_count
    qnn_mean #(.Width(Width), .Count(i + 1), .HalfEven(HalfEven)) u_mean (
      .clk_i(clk), .sum_i(s_axis_tdata), .mean_o(m_axis_tdata[i*Width +: Width])
    );
  end
endmodule
)";

void expect_all_means(int width, int counts, bool half_even) {
  RtlSource source;
  source.kernel = source.top = "means";
  source.text = kMeans;
  source.files = {installed_directory("rtl") + "/qnn_mean.sv"};
  source.parameters = {{"Width", std::to_string(width)},
                       {"Counts", std::to_string(counts)},
                       {"HalfEven", half_even ? "1" : "0"}};
  const DataType type = DataType::signed_integer(width);
  RtlInstance rtl("means", RtlCache(cache_directory()).get(source), {{1, type, 1}},
                  {{counts, type, 1}}, {}, "");
  rtl.accept(0, true);
  constexpr int kLatency = 2;
  std::vector<Value> means(counts);
  for (Value sum = static_cast<Value>(type.min()); sum <= type.max() + kLatency; ++sum) {
    if (sum <= type.max()) rtl.offer(0, &sum);
    rtl.settle();
    if (sum >= type.min() + kLatency) {
      rtl.read(0, means.data());
      for (int count = 1; count <= counts; ++count) {
        const Value dividend = sum - kLatency;
        if (half_even && dividend + count / 2 > type.max()) continue;
        const double mean = double(dividend) / count;
        ASSERT_EQ(means[count - 1], half_even ? std::nearbyint(mean) : std::floor(mean))
            << dividend << " / " << count;
      }
    }
    rtl.clock_edge();
  }
}

TEST(Mean, OfEverySumAndCountIsRoundedDown) {
  expect_all_means(2, 5, false);
  expect_all_means(11, 130, false);
  expect_all_means(16, 20, false);
}

TEST(Mean, OfEverySumAndCountIsRoundedHalfToEven) {
  expect_all_means(2, 2, true);
  expect_all_means(5, 16, true);
  expect_all_means(11, 130, true);
  expect_all_means(16, 20, true);
}

}  // namespace
}  // namespace qnnsim::test
