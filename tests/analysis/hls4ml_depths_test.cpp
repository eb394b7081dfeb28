// SPDX-License-Identifier: Apache-2.0
#include "analysis/hls4ml_depths.h"

#include <gtest/gtest.h>

#include <string>

namespace qnnsim::test {
namespace {

SizedFifo sized(const std::string& name, std::uint64_t before, std::uint64_t depth) {
  SizedFifo fifo;
  fifo.name = name;
  fifo.before = before;
  fifo.depth = depth;
  return fifo;
}

TEST(Hls4mlDepths, StandByEdgeAsTheyWereAndAsTheyAre) {
  Sizing sizing;
  sizing.fifos = {sized("source->a.thresh_dwc", 3, 1), sized("a.thresh_dwc->a.thresh", 4, 600),
                  sized("a.thresh->sink", 4, 20)};
  EXPECT_EQ(hls4ml_fifo_depths(sizing).dump(),
            R"({"source->a.thresh_dwc":{"initial":3,"optimized":1},)"
            R"("a.thresh_dwc->a.thresh":{"initial":4,"optimized":600},)"
            R"("a.thresh->sink":{"initial":4,"optimized":20}})");
}

}  // namespace
}  // namespace qnnsim::test
