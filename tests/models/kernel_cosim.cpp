// SPDX-License-Identifier: Apache-2.0
#include "tests/models/kernel_cosim.h"

#include <unistd.h>

#include <filesystem>
#include <memory>

#include "sim/cosim/command.h"
#include "sim/installation.h"
#include "sim/output_file.h"

namespace qnnsim::test {

void PrintTo(const CosimCases& cases, std::ostream* out) { *out << cases.name; }

std::vector<std::pair<std::string, Conditions>> cosim_pressures(const KernelCase& c,
                                                                std::uint64_t seed) {
  const auto everywhere = [&](std::size_t ports, double probability, std::uint64_t salt) {
    std::vector<Pressure> result;
    for (std::size_t i = 0; i < ports; ++i) {
      result.push_back(Pressure::random(probability, seed * 1000 + salt + i));
    }
    return result;
  };
  std::vector<std::pair<std::string, Conditions>> result;
  Conditions conditions;
  conditions.input_depth = conditions.output_depth = 2;
  result.emplace_back("free flow", conditions);
  conditions.sources = everywhere(c.inputs.size(), 0.7, 1);
  result.emplace_back("starved source", conditions);
  conditions.sources.clear();
  conditions.sinks = everywhere(c.outputs.size(), 0.7, 2);
  result.emplace_back("stalled sink", conditions);
  conditions.sources = everywhere(c.inputs.size(), 0.4, 3);
  conditions.sinks = everywhere(c.outputs.size(), 0.4, 4);
  conditions.input_depth = 3;
  result.emplace_back("source and sink random", conditions);
  // Depth 1: a beat is followed by a cycle without.
  conditions.sources.clear();
  conditions.sinks.clear();
  conditions.input_depth = conditions.output_depth = 1;
  result.emplace_back("bursts of a single beat", conditions);
  return result;
}

LockstepReport run_lockstep(const CosimCase& cosim, Conditions conditions) {
  const LockstepKernel* lockstep = nullptr;
  KernelCase c = cosim.kernel;
  c.make = [&]() -> std::unique_ptr<Kernel> {
    std::unique_ptr<Kernel> model = cosim.kernel.make();
    const auto module = model->rtl();
    auto instance = instantiate("kernel", *model, *module, cosim.compiled);
    auto kernel = std::make_unique<LockstepKernel>("kernel", std::move(model), std::move(instance),
                                                   std::make_shared<bool>(false));
    lockstep = kernel.get();
    return kernel;
  };
  LockstepReport report;
  conditions.at_end = [&] { report = lockstep->report(); };
  const Trace trace = drive(c, conditions);
  expect_values(c, trace);
  return report;
}

std::vector<CosimCase> KernelCosim::prepare(const CosimCases& cases) {
  std::vector<CosimCase> prepared;
  std::vector<RtlSource> sources;
  for (int seed = 1; seed <= cases.count; ++seed) {
    Draw draw(static_cast<std::uint64_t>(seed), corner(seed));
    CosimCase c;
    c.kernel = cases.draw(draw);
    c.label = "seed " + std::to_string(seed) + ": " + c.kernel.parameters;
    const auto model = c.kernel.make();
    const auto module = model->rtl();
    if (!module) {
      ADD_FAILURE() << "the kernel has no RTL";
      return {};
    }
    sources.push_back(wrap_kernel(c.label, *model, *module));
    prepared.push_back(std::move(c));
  }
  std::vector<CompiledRtl> compiled = RtlCache(cache_directory()).get_all(sources, {});
  for (std::size_t i = 0; i < prepared.size(); ++i) prepared[i].compiled = compiled[i];
  return prepared;
}

Corner KernelCosim::corner(int seed) {
  switch (seed) {
    case 1:
      return Corner::kSmallest;
    case 2:
    case 6:
      return Corner::kFolded;
    case 3:
    case 7:
      return Corner::kUnrolled;
    default:
      return Corner::kNone;
  }
}

TEST_P(KernelCosim, ModelAndRtlMoveTheSameBeatsInTheSameCycles) {
  for (const CosimCase& c : prepare(GetParam())) {
    for (const auto& [pressure, conditions] : cosim_pressures(c.kernel, 1)) {
      SCOPED_TRACE(c.label + ", " + pressure);
      const LockstepReport report = run_lockstep(c, conditions);
      EXPECT_EQ(report.first_difference, "");
      EXPECT_EQ(report.data_mismatches, 0u);
      EXPECT_EQ(report.cycle_mismatches, 0u);
      EXPECT_GT(report.beats, 0u);
      if (HasFailure()) return;
    }
  }
}

namespace {

/// A directory with the RTL of one parameter set: its memories, and `wrapper.v`.
class RtlDirectory {
 public:
  RtlDirectory(const RtlSource& source, const RtlModule& module)
      : path_(std::filesystem::temp_directory_path() /
              ("qnnsim-rtl-" + module.module + "-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(path_);
    for (const RtlMemory& memory : module.memories) {
      write_file_atomically((path_ / memory.file()).string(), memory_text(memory));
    }
    write_file_atomically((path_ / "wrapper.v").string(), source.text);
  }
  ~RtlDirectory() { std::filesystem::remove_all(path_); }
  RtlDirectory(const RtlDirectory&) = delete;
  RtlDirectory& operator=(const RtlDirectory&) = delete;

  /// Runs a tool there; it must be content and silent.
  void expect_silence(std::vector<std::string> command,
                      const std::vector<std::string>& files) const {
    command.insert(command.end(), files.begin(), files.end());
    const CommandResult result = run_command(command, path_.string());
    EXPECT_EQ(result.exit_code, 0) << command[0];
    EXPECT_EQ(result.output, "") << command[0];
  }

 private:
  const std::filesystem::path path_;
};

}  // namespace

TEST_P(KernelCosim, RtlIsCleanForVerilatorAndAcceptedByIcarusAndYosys) {
  for (const char* tool : {"verilator", "iverilog", "yosys"}) {
    if (find_program(tool).empty()) GTEST_SKIP() << "skipped: there is no " << tool;
  }
  for (int seed : {1, 3, 4}) {
    Draw draw(static_cast<std::uint64_t>(seed), corner(seed));
    const KernelCase c = GetParam().draw(draw);
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + c.parameters);
    const auto model = c.make();
    const RtlModule module = *model->rtl();
    const RtlSource source = wrap_kernel("kernel", *model, module);
    const RtlDirectory directory(source, module);

    // The kernel itself: a wrapper does not use the bits that pad a beat to bytes.
    std::vector<std::string> lint = {"verilator", "--lint-only",  "-Wall",
                                     "--assert",  "--top-module", module.module};
    for (const auto& [name, value] : module.parameters) lint.push_back("-G" + name + "=" + value);
    directory.expect_silence(lint, source.files);
    std::vector<std::string> files = source.files;
    files.push_back("wrapper.v");
    directory.expect_silence({"iverilog", "-g2012", "-DSYNTHESIS", "-t", "null", "-s", source.top},
                             files);
    if (seed == 3) continue;
    std::string script = "read_verilog -sv -DSYNTHESIS";
    for (const std::string& file : files) script += " " + file;
    // Synthesis to the last LUT only where it takes a second. The second `opt` removes wires that
    // Yosys leaves behind where a bit is the same in all words of a memory.
    script += seed == 1
                  ? "; synth_xilinx -noiopad -top " + source.top
                  : "; hierarchy -check -top " + source.top + "; proc; opt; memory -nomap; opt";
    script += "; check -assert";
    directory.expect_silence({"yosys", "-q", "-p", script}, {});
  }
}

}  // namespace qnnsim::test
