// SPDX-License-Identifier: Apache-2.0
#include "rtl/generator/generate.h"

#include <fmt/format.h>

#include <filesystem>
#include <set>
#include <utility>

#include "rtl/generator/manifest.h"
#include "rtl/generator/module_text.h"
#include "rtl/generator/scripts_text.h"
#include "rtl/generator/source_copy.h"
#include "rtl/generator/testbench.h"
#include "sim/cosim/rtl_source.h"
#include "sim/input_file.h"
#include "sim/installation.h"
#include "sim/result_json.h"
#include "version.h"

namespace qnnsim {
namespace {

namespace fs = std::filesystem;

/// What the fast engine says of the scenario.
Result predict(Scenario scenario) {
  scenario.data = DataMode::kNone;
  scenario.cosim.clear();
  Findings findings;
  PreparedRun prepared = prepare(scenario, findings);
  RunOptions options;
  options.engine = Engine::kFast;
  return execute(scenario, std::move(prepared), options);
}

/// The same without stalls at the two ends, as a testbench runs it.
Result predict_unhindered(const Scenario& scenario) {
  Scenario free = scenario;
  free.stimulus.source = free.stimulus.sink = Pressure();
  return predict(free);
}

/// The prediction but for what depends on the machine.
std::string prediction_text(const Result& prediction) {
  nlohmann::ordered_json json = to_json(prediction);
  json.erase("host");
  return json.dump(2) + "\n";
}

/// What is expected, line by line.
std::string expectations(const Scenario& scenario, const Result& prediction) {
  const auto cycles = [&](const char* name, const std::optional<std::uint64_t>& value) {
    return value ? fmt::format("{:<11} {} cycles, {:.4g} us\n", name, *value,
                               double(*value) / scenario.clock_mhz)
                 : std::string();
  };
  std::string text = cycles("interval", prediction.interval);
  text += cycles("latency", prediction.latency);
  if (prediction.fps()) {
    text += fmt::format("throughput  {:.6g} frames/s at {} MHz\n", *prediction.fps(),
                        scenario.clock_mhz);
  }
  return text + fmt::format("resources   {}\n", prediction.resources.summary());
}

/// Every line as a comment of SystemVerilog.
std::string comment(const std::string& text) {
  std::string result;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    result += "// " + text.substr(begin, end - begin) + "\n";
    begin = end == std::string::npos ? text.size() : end + 1;
  }
  return result;
}

/// The kernels of qnnsim's that the design is made of.
std::vector<DesignFile> kernel_files(const Design& design) {
  std::set<std::string> modules = {"qnn_control"};
  if (design.fifo_count() > 0) modules.insert("qnn_fifo");
  if (design.fifo_peaks) modules.insert("qnn_peak");
  for (const DesignKernel* kernel : design.all_kernels()) {
    modules.insert(kernel->module.module);
    if (kernel->master && kernel->master->tokens) modules.insert("qnn_pass_tokens");
  }
  std::vector<DesignFile> files;
  for (const std::string& path : module_files(modules)) {
    files.push_back({"rtl/" + fs::path(path).filename().string(), contents(path)});
  }
  return files;
}

std::vector<std::string> paths_of(const std::vector<DesignFile>& files) {
  std::vector<std::string> paths;
  for (const DesignFile& file : files) paths.push_back(file.path);
  return paths;
}

}  // namespace

void check_constants(const Scenario& scenario, Findings& findings) {
  for (const Layer& layer : scenario.network.layers) {
    for (const ConstantSpec& spec : layer.meaning->constants()) {
      if (layer.constant_files.count(spec.key) > 0) continue;
      findings.add(
          layer.place, fmt::format("layer '{}' has no {}", layer.name, spec.key),
          fmt::format("give '{}_file', or draw them from the seed: --random-weights", spec.key));
    }
  }
}

GeneratedDesign generate(const Scenario& scenario, const PreparedRun& prepared,
                         const GenerateOptions& options, Findings findings) {
  if (!options.random_weights) check_constants(scenario, findings);
  const Design design = make_design(scenario, prepared.dataflow, options.design, findings);
  if (!findings.empty()) throw InputError(findings);

  GeneratedDesign made;
  made.name = design.name;
  made.layers = design.layers.size();
  made.kernels = design.all_kernels().size();
  made.fifos = design.fifo_count();
  made.prediction = predict(scenario);
  if (made.prediction.status != RunStatus::kDone) return made;

  std::vector<DesignFile> sources = kernel_files(design);
  std::vector<DesignFile> memories;
  for (const DesignKernel* kernel : design.all_kernels()) {
    for (const RtlMemory& memory : kernel->module.memories) {
      memories.push_back({"memories/" + memory.file(), memory_text(memory)});
    }
  }
  for (const DesignLayer& layer : design.layers) {
    sources.push_back({"design/" + layer.module + ".sv", layer_text(design, layer)});
  }
  // The identity stands in the top module, which can be no part of it therefore but without.
  std::vector<DesignFile> identified = sources;
  identified.push_back({design.name, top_text(design, "", 0)});
  identified.insert(identified.end(), memories.begin(), memories.end());
  const std::string digest = digest_of(identified);
  const auto identity = static_cast<std::uint32_t>(std::stoul(digest.substr(0, 8), nullptr, 16));
  const std::string expected = expectations(scenario, made.prediction);
  const std::string about = comment(
      fmt::format("{}: {} for {}, generated by qnnsim {}. What qnnsim expects:\n{}", design.name,
                  scenario.network.name, scenario.platform.name, kVersion, expected));
  sources.push_back({"design/" + design.name + ".sv", top_text(design, about, identity)});

  ForeseenRun run;
  if (design.masters().empty()) {
    const Result unhindered = predict_unhindered(scenario);
    run.frame_ends = unhindered.frame_ends;
    run.cycles = unhindered.total_cycles;
  }
  made.files = sources;
  made.files.insert(made.files.end(), memories.begin(), memories.end());
  for (DesignFile& file : test_files(scenario, design, prepared.data)) {
    made.files.push_back(std::move(file));
  }
  const auto add = [&](const std::string& path, std::string text) {
    made.files.push_back({path, std::move(text)});
  };
  add("test/" + design.name + "_tb.sv", testbench_text(design, run));
  if (!design.masters().empty()) {
    add("test/qnn_bench_memory.sv",
        contents(installed_directory("rtl") + "/bench/qnn_bench_memory.sv"));
  }
  for (DesignFile& file : source_copy(scenario, options.settings, findings)) {
    made.files.push_back(std::move(file));
  }
  add("files.f", file_list(paths_of(sources)));
  add(design.name + ".xdc", constraints_text(design, scenario.clock_mhz));
  add("vivado.tcl", vivado_text(design, scenario, paths_of(sources), paths_of(memories)));
  add("Makefile", makefile_text(design, scenario));
  add("README.md", readme_text(design, scenario, expected));
  add("prediction.json", prediction_text(made.prediction));
  add("manifest.json", manifest(scenario, design, digest, made.files).dump(2) + "\n");
  return made;
}

}  // namespace qnnsim
