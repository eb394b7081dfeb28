// SPDX-License-Identifier: Apache-2.0
#include "analysis/finn_configuration.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "sim/finn_folding.h"
#include "tests/sim/scenario_files.h"
#include "tests/sim/small_dataflow.h"
#include "tests/temporary_directory.h"

namespace qnnsim::test {
namespace {

namespace fs = std::filesystem;
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

constexpr char kResidual[] = "tests/sim/cosim/residual-cnn.yaml";
const fs::path kPublished = "../shared/data/finn/finn-examples";

/// The residual CNN folded by a FINN file.
Scenario folded_by(const std::string& text, const std::vector<std::string>& settings = {}) {
  const std::string path = temporary_path("folding.json");
  write_file(path, text);
  std::vector<std::string> all = {"folding={finn: " + path + "}", "fifos={default_depth: 2}"};
  all.insert(all.end(), settings.begin(), settings.end());
  return load(kResidual, all);
}

Dataflow lowered(const Scenario& scenario) {
  Findings findings;
  Dataflow dataflow = lower(scenario, nullptr, findings, MemoryAnswers::kAtOnce);
  if (!findings.empty()) throw InputError(findings);
  return dataflow;
}

Json exported(const Scenario& scenario) {
  return finn_folding_configuration(scenario, lowered(scenario));
}

constexpr char kFile[] = R"({
  "Reshape_rtl_0": {"PE": 3},
  "Defaults": {},
  "MVAU_hls_0": {"PE": 4, "SIMD": 6, "resType": "auto", "ram_style": "auto", "mem_mode": "const"},
  "ConvolutionInputGenerator_rtl_0": {"SIMD": 2},
  "ConvolutionInputGenerator_rtl_2": {},
  "VVAU_hls_0": {"PE": 2, "runtime_writeable_weights": 0},
  "MVAU_hls_3": {"PE": 3},
  "Thresholding_rtl_0": {"PE": 2, "depth_trigger_uram": 7},
  "LabelSelect_hls_0": {"PE": 1, "inFIFODepths": [4]},
  "note": [1, {"a": null}]
})";

TEST(FinnConfiguration, AnUnchangedFileComesOutAsItIs) {
  EXPECT_EQ(exported(folded_by(kFile)).dump(2), Json::parse(kFile).dump(2));
}

TEST(FinnConfiguration, ChangesComeOutAtTheirNodes) {
  Json expected = Json::parse(kFile);
  expected["MVAU_hls_3"]["PE"] = 2;
  expected["MVAU_hls_3"]["SIMD"] = 4;
  expected["MVAU_hls_0"]["resType"] = "lut";
  expected["MVAU_hls_0"]["ram_style"] = "block";
  expected["VVAU_hls_0"]["ram_style"] = "distributed";
  expected["LabelSelect_hls_0"]["inFIFODepths"] = {50};
  const Scenario scenario = folded_by(
      kFile, {"folding.dense={pe: 2, simd: 4}", "folding.conv0.mvu={compute: lut, memory: bram}",
              "folding.dw1.vvu.memory=lut", "fifos.edges.best.top_k_dwc->best.top_k=50"});
  EXPECT_EQ(exported(scenario).dump(2), expected.dump(2));
}

TEST(FinnConfiguration, WeightsOutsideAreExternal) {
  const Json json = exported(folded_by(
      kFile, {"memories={ddr0: {type: ddr4-2400-8gb-x8}}", "folding.dense.weight_source=dram"}));
  EXPECT_EQ(json["MVAU_hls_3"]["mem_mode"], "external");
  EXPECT_EQ(json["MVAU_hls_0"]["mem_mode"], "const");
}

TEST(FinnConfiguration, NamesAloneTakeNothingIn) {
  const Scenario scenario =
      folded_by(kFile, {"folding.finn={file: " + temporary_path("folding.json") + ", take: names}",
                        "folding.dense.mvu.pe=6"});
  const Json json = exported(scenario);
  EXPECT_EQ(json["MVAU_hls_3"]["PE"], 6);
  EXPECT_EQ(json["MVAU_hls_0"]["PE"], 1);
  EXPECT_EQ(json["MVAU_hls_0"]["SIMD"], 1);
  EXPECT_EQ(json["Reshape_rtl_0"]["PE"], 3);
}

TEST(FinnConfiguration, SizedDepthsStandAtTheEndsOfEveryFifoAndByNumber) {
  const Scenario scenario = folded_by(kFile);
  const Dataflow dataflow = lowered(scenario);
  std::map<std::string, std::uint64_t> depths;
  Sizing sizing;
  for (const Edge& edge : dataflow.edges) {
    depths[edge.name] = 10 + depths.size();
    sizing.fifos.push_back(sized(edge.name, 2, depths[edge.name], "srl"));
  }
  const Json json = finn_folding_configuration(scenario, dataflow, sizing);
  const auto at = [&](const std::string& edge) { return depths.at(edge); };
  // Between the two there are a converter and so two FIFOs.
  EXPECT_EQ(json["ConvolutionInputGenerator_rtl_0"]["outFIFODepths"],
            Json::array({at("conv0.swg->conv0.mvu_dwc")}));
  EXPECT_EQ(json["MVAU_hls_0"]["inFIFODepths"], Json::array({at("conv0.mvu_dwc->conv0.mvu")}));
  // The thresholds are inside the node: what is behind them is behind it.
  EXPECT_EQ(json["MVAU_hls_0"]["outFIFODepths"], Json::array({at("act0.threshold->act0.fork")}));
  // Numbered as FINN inserts them: behind their node, the last output first.
  EXPECT_EQ(json["StreamingFIFO_rtl_0"]["depth"], at("source->conv0.pad"));
  EXPECT_EQ(json["StreamingFIFO_rtl_2"]["depth"], at("conv0.swg->conv0.mvu_dwc"));
  EXPECT_EQ(json["StreamingFIFO_rtl_3"]["depth"], at("conv0.mvu_dwc->conv0.mvu"));
  EXPECT_EQ(json["StreamingFIFO_rtl_4"]["depth"], at("act0.threshold->act0.fork"));
  EXPECT_EQ(json["StreamingFIFO_rtl_5"]["depth"], at("act0.fork->sum.add"));
  EXPECT_EQ(json["StreamingFIFO_rtl_6"]["depth"], at("act0.fork->dw1.pad_dwc"));
  EXPECT_EQ(json["StreamingFIFO_rtl_0"]["impl_style"], "rtl");
  const Json file = Json::parse(kFile);
  for (const auto& entry : file.items()) {
    if (!entry.value().is_object()) continue;
    for (const auto& attribute : entry.value().items()) {
      if (attribute.key() == "inFIFODepths") continue;
      EXPECT_EQ(json[entry.key()][attribute.key()], attribute.value()) << entry.key();
    }
  }
}

TEST(FinnConfiguration, NoFifoOfFinnIsShallowerThanTwoBeatsOrDeepInItsOwnRtl) {
  const Scenario scenario = folded_by(kFile);
  const Dataflow dataflow = lowered(scenario);
  Sizing sizing;
  for (const Edge& edge : dataflow.edges) sizing.fifos.push_back(sized(edge.name, 2, 1, "srl"));
  sizing.fifos.back().depth = 257;
  const Json json = finn_folding_configuration(scenario, dataflow, sizing);
  EXPECT_EQ(json["StreamingFIFO_rtl_0"]["depth"], 2);
  EXPECT_EQ(json["LabelSelect_hls_0"]["outFIFODepths"], Json::array({257}));
  std::size_t vivado = 0;
  for (const auto& entry : json.items()) {
    if (entry.value().is_object() && entry.value().value("impl_style", "") == "vivado") ++vivado;
  }
  EXPECT_EQ(vivado, 1U);
}

/// A file of FINN-examples, and a scenario with such a network.
struct Published {
  const char* file;
  const char* scenario;
};

void PrintTo(const Published& published, std::ostream* out) { *out << published.file; }

class PublishedFile : public testing::TestWithParam<Published> {
 protected:
  /// The scenario folded by the file.
  Scenario scenario(const std::vector<std::string>& settings = {}) const {
    std::vector<std::string> all = {"folding={finn: " + path().string() + "}", "fifos="};
    if (std::string(GetParam().file) == "gtsrb__gtsrb") {
      // Traffic signs: CNV with 43 classes, and one that makes their number a multiple of 4.
      std::string network = read_file("configs/networks/cnv-w1a1.yaml");
      const std::string classes = "units: 10,";
      network.replace(network.find(classes), classes.size(), "units: 44,");
      write_file(temporary_path("gtsrb.yaml"), network);
      all.push_back("network=" + temporary_path("gtsrb.yaml"));
    }
    all.insert(all.end(), settings.begin(), settings.end());
    return load(std::string("scenarios/") + GetParam().scenario + ".yaml", all);
  }
  fs::path path() const {
    return kPublished / (std::string(GetParam().file) + "_folding_config.json");
  }
  Json file() const { return Json::parse(read_file(path())); }
};

TEST_P(PublishedFile, KeepsEveryEntryOnItsWayInAndOut) {
  if (!fs::exists(path())) GTEST_SKIP() << "skipped: no " << path();
  const Scenario folded = scenario();
  EXPECT_EQ(exported(folded).dump(1), file().dump(1));
  EXPECT_TRUE(folded.finn->kept.empty()) << folded.finn->kept.front();
}

TEST_P(PublishedFile, AChangedPeComesOutAtItsNodeAlone) {
  if (!fs::exists(path())) GTEST_SKIP() << "skipped: no " << path();
  Json expected = file();
  expected["LabelSelect_hls_0"]["PE"] = 2;
  EXPECT_EQ(exported(scenario({"folding.out.pe=2"})).dump(1), expected.dump(1));
}

INSTANTIATE_TEST_SUITE_P(FinnExamples, PublishedFile,
                         testing::Values(Published{"bnn-pynq__cnv-w1a1", "cnv-w1a1-pynq"},
                                         Published{"bnn-pynq__cnv-w1a2", "cnv-w2a2-pynq"},
                                         Published{"bnn-pynq__cnv-w2a2", "cnv-w2a2-pynq"},
                                         Published{"bnn-pynq__tfc-w1a1", "tfc-w1a1-pynq"},
                                         Published{"bnn-pynq__tfc-w1a2", "tfc-w1a1-pynq"},
                                         Published{"bnn-pynq__tfc-w2a2", "tfc-w1a1-pynq"},
                                         Published{"gtsrb__gtsrb", "cnv-w1a1-pynq"},
                                         Published{"kws__kws", "kws-mlp-w3a3-pynq"},
                                         Published{"mobilenet-v1__U250", "mobilenet-v1-u250"},
                                         Published{"mobilenet-v1__ZCU102", "mobilenet-v1-zcu104"},
                                         Published{"mobilenet-v1__ZCU104", "mobilenet-v1-zcu104"},
                                         Published{"resnet50__U250", "resnet50-w1a2-u250"},
                                         Published{"vgg10-radioml__ZCU104",
                                                   "vgg10-radioml-zcu104"}),
                         [](const auto& instance) {
                           std::string name = instance.param.file;
                           std::replace_if(
                               name.begin(), name.end(),
                               [](char c) { return c == '-' || c == '_'; }, 'x');
                           return name;
                         });

}  // namespace
}  // namespace qnnsim::test
