// SPDX-License-Identifier: Apache-2.0
#include "analysis/finn_configuration.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/sim/scenario_files.h"
#include "tests/sim/small_dataflow.h"

namespace qnnsim::test {
namespace {

using Json = nlohmann::ordered_json;

SizedFifo sized(const std::string& name, std::uint64_t before, std::uint64_t depth,
                const std::string& style) {
  SizedFifo fifo;
  fifo.name = name;
  fifo.before = before;
  fifo.depth = depth;
  fifo.style = style;
  return fifo;
}

Sizing small_sizing() {
  Sizing sizing;
  sizing.fifos = {sized("source->a.thresh_dwc", 3, 1, "register"),
                  sized("a.thresh_dwc->a.thresh", 4, 600, "bram"),
                  sized("a.thresh->sink", 4, 20, "srl")};
  return sizing;
}

TEST(FinnConfiguration, OwnHasDefaultsThenKernelsThenFifosInTheOrderOfTheEdges) {
  EXPECT_EQ(finn_folding_configuration(small_dataflow(), small_sizing()).dump(2), R"({
  "Defaults": {},
  "a.thresh_dwc": {
    "inFIFODepths": [
      1
    ],
    "outFIFODepths": [
      600
    ]
  },
  "a.thresh": {
    "PE": 2,
    "ram_style": "auto",
    "inFIFODepths": [
      600
    ],
    "outFIFODepths": [
      20
    ]
  },
  "StreamingFIFO_rtl_0": {
    "ram_style": "distributed",
    "depth": 1,
    "impl_style": "rtl",
    "inFIFODepths": [
      0
    ],
    "outFIFODepths": [
      0
    ]
  },
  "StreamingFIFO_rtl_1": {
    "ram_style": "block",
    "depth": 600,
    "impl_style": "vivado",
    "inFIFODepths": [
      0
    ],
    "outFIFODepths": [
      0
    ]
  },
  "StreamingFIFO_rtl_2": {
    "ram_style": "distributed",
    "depth": 20,
    "impl_style": "rtl",
    "inFIFODepths": [
      0
    ],
    "outFIFODepths": [
      0
    ]
  }
})");
}

TEST(FinnConfiguration, OwnTellsUltraRamFromWhatNobodyChose) {
  Sizing sizing = small_sizing();
  sizing.fifos[0].style = "uram";
  sizing.fifos[1].style = "";
  const Json json = finn_folding_configuration(small_dataflow(), sizing);
  EXPECT_EQ(json["StreamingFIFO_rtl_0"]["impl_style"], "vivado");
  EXPECT_EQ(json["StreamingFIFO_rtl_0"]["ram_style"], "ultra");
  EXPECT_EQ(json["StreamingFIFO_rtl_1"]["impl_style"], "rtl");
  EXPECT_EQ(json["StreamingFIFO_rtl_1"]["ram_style"], "auto");
}

TEST(FinnConfiguration, OwnHasADepthForEachPortInTheOrderOfThePorts) {
  Findings findings;
  const Dataflow dataflow = lower(load("tests/sim/cosim/residual-cnn.yaml"), nullptr, findings);
  Sizing sizing;
  std::map<std::string, std::uint64_t> depths;
  for (const Edge& edge : dataflow.edges) {
    depths[edge.name] = 100 + depths.size();
    sizing.fifos.push_back(sized(edge.name, 2, depths[edge.name], "srl"));
  }
  const Json json = finn_folding_configuration(dataflow, sizing);
  const auto at = [&](const std::string& edge) { return depths.at(edge); };
  EXPECT_EQ(json["sum.add"]["inFIFODepths"],
            Json({at("sum.add_dwc0->sum.add"), at("act0.fork->sum.add")}));
  EXPECT_EQ(json["act0.fork"]["outFIFODepths"],
            Json({at("act0.fork->dw1.pad_dwc"), at("act0.fork->sum.add")}));
  EXPECT_EQ(json["conv4.weights"]["inFIFODepths"], Json::array());
  EXPECT_FALSE(json.contains("source"));
  EXPECT_FALSE(json.contains("sink"));
}

}  // namespace
}  // namespace qnnsim::test
