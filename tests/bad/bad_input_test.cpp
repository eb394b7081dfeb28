// SPDX-License-Identifier: Apache-2.0
//
// Every tests/bad/<case>.yaml is wrong, and <case>.expected is what the user is told: a network if
// it has `input` or `layers`, a memory if it has `memory`, a study if it has `study`, a kernel file
// if it has `kernel`, else a scenario, with the settings that stand in its lines
// "# --set KEY=VALUE". So is every <case>.ini, a configuration of DRAMsim3, and <case>.trc, a trace
// for a memory of 1 MiB.
// QNNSIM_WRITE_EXPECTED=1 writes the .expected files anew.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "analysis/sweep/study.h"
#include "sim/constants.h"
#include "sim/cosim/cosim.h"
#include "sim/cosim/kernel_run.h"
#include "sim/lowering.h"
#include "sim/memory/dram_file.h"
#include "sim/memory/trace_file.h"
#include "sim/scenario.h"

namespace qnnsim {
namespace {

const std::filesystem::path kDirectory = "tests/bad";

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kDirectory)) {
    const bool is_case = entry.is_regular_file() && entry.path().extension() != ".expected" &&
                         entry.path().extension() != ".cpp";
    if (is_case) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream stream(path);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::vector<std::string> settings_in(const std::string& text) {
  const std::string mark = "# --set ";
  std::vector<std::string> settings;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (line.compare(0, mark.size(), mark) == 0) settings.push_back(line.substr(mark.size()));
  }
  return settings;
}

void check_network(const std::string& path, Findings& findings) {
  const Network network = load_network(path, findings);
  if (!findings.empty()) return;
  for (const Layer& layer : network.layers) load_constants(layer, *layer.meaning, 1, findings);
}

void check_scenario(const std::string& path, const std::string& text, Findings& findings) {
  const Scenario scenario = load_scenario(path, settings_in(text), findings);
  if (!scenario.network.is_complete) return;
  if (scenario.data == DataMode::kBitTrue) load_frames(scenario, findings);
  Dataflow dataflow = lower(scenario, nullptr, findings);
  check_rtl(dataflow, scenario.cosim, findings);
  if (findings.empty()) add_rtl(dataflow, scenario.cosim, {});
}

void check_kernel_file(const std::string& path, const std::string& text, Findings& findings) {
  const KernelFile file = load_kernel_file(path, settings_in(text), findings);
  if (findings.empty()) check_kernel(file);
}

void check_study(const std::string& path, Findings& findings) {
  const auto options = [](const std::string&) {
    return std::vector<std::string>{"engine", "seed", "set", "target-fps", "trace"};
  };
  const Study study = load_study(path, options, findings);
  if (findings.empty()) check_points(study, findings);
}

std::string findings_about(const std::filesystem::path& path) {
  setenv("QNNSIM_CONFIGS", "tests/bad/configs", 1);
  const std::string text = text_of(path);
  Findings findings;
  if (path.extension() == ".trc") {
    load_trace(path.string(), 1 << 20, {path.string(), 0, 0}, findings);
  } else if (path.extension() == ".ini" || text.find("\nmemory:") != std::string::npos) {
    load_memory(path.string(), {path.string(), 0, 0}, findings);
  } else if (text.find("\ninput:") != std::string::npos ||
             text.find("\nlayers:") != std::string::npos) {
    check_network(path.string(), findings);
  } else if (text.find("\nstudy:") != std::string::npos) {
    check_study(path.string(), findings);
  } else if (is_kernel_file(path.string())) {
    check_kernel_file(path.string(), text, findings);
  } else {
    check_scenario(path.string(), text, findings);
  }
  return findings.render();
}

/// What the user is told: findings, or what stops the program when there is none.
std::string told_about(const std::filesystem::path& path) {
  try {
    return findings_about(path);
  } catch (const InputError& error) {
    return error.what();
  } catch (const RtlError& error) {
    return std::string("error: ") + error.what() + "\n";
  }
}

class BadInput : public testing::TestWithParam<std::string> {};

TEST_P(BadInput, TellsEveryFindingWithItsPlace) {
  const std::filesystem::path path = kDirectory / GetParam();
  const std::filesystem::path expected = std::filesystem::path(path).replace_extension("expected");
  const std::string found = told_about(path);
  EXPECT_FALSE(found.empty());
  if (std::getenv("QNNSIM_WRITE_EXPECTED") != nullptr) std::ofstream(expected) << found;
  EXPECT_EQ(found, text_of(expected));
}

INSTANTIATE_TEST_SUITE_P(Files, BadInput, testing::ValuesIn(cases()), [](const auto& info) {
  return std::filesystem::path(info.param).stem().string();
});

}  // namespace
}  // namespace qnnsim
