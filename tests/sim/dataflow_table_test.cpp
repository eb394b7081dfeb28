// SPDX-License-Identifier: Apache-2.0
#include "sim/dataflow_table.h"

#include <gtest/gtest.h>

#include "tests/sim/small_dataflow.h"

namespace qnnsim::test {
namespace {

TEST(DataflowTable, ShowsKernelsAndFifosInGraphOrder) {
  Scenario scenario = small_scenario();
  EXPECT_EQ(dataflow_table(scenario, small_dataflow()), R"(scenario    small
network     small: 0 layers, 0 MACs a frame
platform    pynq-z1, 187.5 MHz
kernels     4: 1 source, 1 dwc, 1 threshold, 1 sink
FIFOs       3, 76 bits in all
resources   not estimated

kernels, in graph order
  kernel        kind                input          input          output         output     closed form  LUT  FF  DSP  BRAM18  URAM  memory
                           [lanes x bits]  [beats/frame]  [lanes x bits]  [beats/frame]  [cycles/frame]
  source        source                  -              -           3 x 4              8              16    -   -    -       -     -
  a.thresh_dwc  dwc                 3 x 4              8           2 x 4             12              12    -   -    -       -     -
  a.thresh      threshold           2 x 4             12           2 x 1             12              12    -   -    -       -     -  auto
  sink          sink                2 x 1             12               -              -              12    -   -    -       -     -

FIFOs, in graph order
  FIFO                     width    depth  storage
                          [bits]  [beats]   [bits]
  source->a.thresh_dwc        12        3       36
  a.thresh_dwc->a.thresh       8        4       32
  a.thresh->sink               2        4        8

bottleneck  source: 16 cycles a frame, so at most 11718750.0 frames/s
)");
}

TEST(DataflowTable, TellsProgramsTheSame) {
  const auto json = to_json(small_scenario(), small_dataflow());
  EXPECT_EQ(json["kernels"].size(), 4U);
  EXPECT_EQ(json["kernels"][1]["outputs"].dump(), R"([{"lanes":2,"type":"UINT4","beats":12}])");
  EXPECT_EQ(json["kernels"][1]["memory"], nullptr);
  EXPECT_EQ(json["kernels"][1]["dsp"], 0);
  EXPECT_EQ(json["fifos"][0].dump(),
            R"({"name":"source->a.thresh_dwc","from":"source","to":"a.thresh_dwc",)"
            R"("width_bits":12,"depth":3,"storage_bits":36,"resources":{"lut":null,"ff":null,)"
            R"("dsp":null,"bram18":null,"uram":null}})");
  EXPECT_EQ(json["bottleneck"], "source");
  EXPECT_EQ(json["most_fps"], 187.5e6 / 16);
}

}  // namespace
}  // namespace qnnsim::test
