// SPDX-License-Identifier: Apache-2.0
#include "sim/cost_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "models/block.h"
#include "models/mac_style.h"
#include "models/memory_blocks.h"
#include "sim/formula.h"
#include "sim/yaml_reader.h"

namespace qnnsim {

/// What a file says of a block: the formulas as text, as each model makes its own of them.
struct CostText {
  std::string block;
  std::string family;                                       ///< "any", "xc7" or "xcup"
  std::array<std::string, kResourceKinds.size()> formulas;  ///< empty where there is none
};

/// A file of configs/costs/.
struct CostFile {
  bool counted = false;  ///< memories and DSP slices by rules, beside the formulas
  std::uint64_t fifo_srl_depth = 32;
  std::vector<CostText> blocks;
};

namespace {

namespace fs = std::filesystem;

/// The formulas of a block, one for each of kResourceKinds where there is any.
using Block = std::array<std::optional<Formula>, kResourceKinds.size()>;

/// The kinds of FIFOs that a model may speak of, by style.
constexpr std::array<const char*, 3> kFifos = {"fifo_register", "fifo_srl", "fifo_ram"};

/// What a model may speak of.
std::vector<std::string> known_blocks() {
  std::vector<std::string> known(kFifos.begin(), kFifos.end());
  known.insert(known.end(), block_names().begin(), block_names().end());
  return known;
}

/// The sum of the formulas of a map, each times its value; empty where it has none.
std::string read_sum(YamlReader& block, const char* kind) {
  if (!block.has(kind)) return {};
  YamlReader terms = block.map(kind, fmt::format("'{}'", kind));
  std::string sum;
  for (const std::string& term : terms.keys()) {
    sum += fmt::format("{}{} * ({})", sum.empty() ? "" : " + ", terms.positive(term), term);
  }
  if (sum.empty()) return {};
  try {
    Formula check(sum);
  } catch (const std::invalid_argument& error) {
    block.complain(kind, fmt::format("no formula: {}", error.what()));
  }
  return sum;
}

CostText read_block(YamlReader& entry, const std::vector<std::string>& known) {
  CostText text;
  text.block = entry.text("block");
  const bool is_known = std::find(known.begin(), known.end(), text.block) != known.end();
  if (!text.block.empty() && !is_known) {
    entry.complain("block", fmt::format("there is no block '{}'", text.block),
                   suggest(text.block, known));
  }
  text.family = entry.choice("family", {"any", "xc7", "xcup"});
  for (std::size_t i = 0; i < kResourceKinds.size(); ++i) {
    text.formulas[i] = read_sum(entry, kResourceKinds[i].key);
  }
  entry.value("points");  // for readers: how it was fitted
  entry.value("stand_ins");
  entry.value("error");
  entry.finish();
  return text;
}

std::shared_ptr<const CostFile> read_cost_file(const std::string& path, const Place& place,
                                               Findings& findings) {
  auto file = std::make_shared<CostFile>();
  YamlPtr root = load_yaml(path, place, findings);
  if (!root) return file;
  YamlReader reader(std::move(root), "the cost model", findings);
  reader.text("costs");
  reader.text("source");
  file->counted = reader.boolean("counted", false);
  file->fifo_srl_depth =
      static_cast<std::uint64_t>(reader.integer("fifo_srl_depth", {}, 2, 1 << 16));
  const std::vector<std::string> known = known_blocks();
  for (YamlReader& entry : reader.maps("blocks", "a block")) {
    file->blocks.push_back(read_block(entry, known));
  }
  reader.finish();
  return file;
}

/// `read_file`, once for a file that has nothing wrong and does not change: a search loads
/// scenarios by the hundred.
std::shared_ptr<const CostFile> shared_file(const std::string& path, const Place& place,
                                            Findings& findings) {
  struct Read {
    fs::file_time_type changed;
    std::shared_ptr<const CostFile> file;
  };
  static std::mutex mutex;
  static std::map<std::string, Read> files;
  const std::lock_guard<std::mutex> lock(mutex);
  std::error_code ignored;
  const fs::file_time_type changed = fs::last_write_time(path, ignored);
  const auto known = files.find(path);
  if (known != files.end() && known->second.changed == changed) return known->second.file;
  const std::size_t findings_before = findings.all().size();
  std::shared_ptr<const CostFile> file = read_cost_file(path, place, findings);
  if (findings.all().size() == findings_before) files[path] = {changed, file};
  return file;
}

}  // namespace

/// A file as it is for one family.
class CostModel::Blocks {
 public:
  Blocks() : file_(std::make_shared<CostFile>()) {}
  Blocks(std::shared_ptr<const CostFile> file, const Platform& platform)
      : packing(cost_family(platform) == "xcup" ? LutRam::kOctets : LutRam::kQuads),
        slice(static_cast<std::int64_t>(dsp_style(platform.dsp_type))),
        file_(std::move(file)) {
    for (const CostText& text : file_->blocks) {
      if (text.family == "any" || text.family == cost_family(platform)) texts_[text.block] = &text;
    }
  }

  const LutRam packing = LutRam::kQuads;
  const std::int64_t slice = 0;  ///< 1 DSP48E1, 2 DSP48E2, 3 DSP58

  bool counted() const { return file_->counted; }
  std::uint64_t fifo_srl_depth() const { return file_->fifo_srl_depth; }
  bool knows(std::string_view block) const { return texts_.count(block) != 0; }
  bool estimates(std::size_t kind) const {
    return std::any_of(texts_.begin(), texts_.end(),
                       [kind](const auto& entry) { return !entry.second->formulas[kind].empty(); });
  }

  /// The formulas of a block that is known, made when they are asked for.
  const Block& formulas(std::string_view block) const {
    const auto made = formulas_.find(block);
    if (made != formulas_.end()) return made->second;
    const CostText& text = *texts_.find(block)->second;
    Block& formulas = formulas_[text.block];
    for (std::size_t i = 0; i < formulas.size(); ++i) {
      if (!text.formulas[i].empty()) formulas[i].emplace(text.formulas[i]);
    }
    return formulas;
  }

 private:
  const std::shared_ptr<const CostFile> file_;
  std::map<std::string, const CostText*, std::less<>> texts_;  ///< of the family, by block
  mutable std::map<std::string, Block, std::less<>> formulas_;
};

CostModel::CostModel() : blocks_(std::make_shared<Blocks>()) {}

CostModel CostModel::load(const std::string& name, const Platform& platform, const Place& place,
                          Findings& findings) {
  CostModel model;
  model.name_ = name;
  const std::vector<std::string> known = config_names("costs");
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    findings.add(place, fmt::format("unknown cost model '{}'", name), suggest(name, known));
    return model;
  }
  const std::string path = (fs::path(config_directory()) / "costs" / (name + ".yaml")).string();
  const std::size_t findings_before = findings.all().size();
  std::shared_ptr<const CostFile> file = shared_file(path, place, findings);
  if (findings.all().size() != findings_before) return model;
  model.blocks_ = std::make_shared<Blocks>(std::move(file), platform);
  return model;
}

Resources CostModel::evaluate(std::string_view block, const Traits& traits) const {
  Resources resources;
  if (!blocks_->knows(block)) return resources;
  const Block& formulas = blocks_->formulas(block);
  for (std::size_t i = 0; i < kResourceKinds.size(); ++i) {
    const std::optional<Formula>& formula = formulas[i];
    if (formula) resources.*kResourceKinds[i].count = std::llround((*formula)(traits));
  }
  return resources;
}

Resources CostModel::memory(const KernelMemory& memory) const {
  return memory_blocks(memory, blocks_->packing);
}

Resources CostModel::of(const Kernel& kernel) const {
  const std::string_view block = kernel.block();
  Resources resources;
  if (knows(block)) {
    Traits traits = kernel.traits();
    if (!blocks_->counted()) {
      const std::string style = kernel.memory_style();
      traits["memory_lut"] = style == "lut" ? 1 : 0;
      traits["memory_uram"] = style == "uram" ? 1 : 0;
      traits["slice"] = blocks_->slice;
    }
    resources = evaluate(block, traits);
  }
  if (blocks_->counted() || !knows(block)) {
    resources.dsp += static_cast<std::int64_t>(kernel.dsps());
  }
  if (blocks_->counted()) {
    for (const KernelMemory& each : kernel.memories()) resources += memory(each);
  }
  return resources;
}

std::string CostModel::fifo_style(std::int64_t width, std::uint64_t depth) const {
  if (depth <= 2) return "register";
  if (depth <= blocks_->fifo_srl_depth()) return "srl";
  return blocks_->counted() ? memory_style({depth, width}) : "bram";
}

Resources CostModel::of_fifo(std::int64_t width, std::uint64_t depth) const {
  const std::string style = fifo_style(width, depth);
  const bool is_ram = style != "register" && style != "srl";
  Resources resources = evaluate(is_ram ? "fifo_ram" : "fifo_" + style,
                                 {{"width", width}, {"depth", static_cast<std::int64_t>(depth)}});
  if (blocks_->counted() && is_ram) resources += memory({depth, width});
  return resources;
}

bool CostModel::knows(std::string_view block) const { return blocks_->knows(block); }

bool CostModel::estimates_fifos() const {
  return std::all_of(kFifos.begin(), kFifos.end(),
                     [this](const char* fifo) { return knows(fifo); });
}

bool CostModel::estimates(const ResourceKind& kind) const {
  if (blocks_->counted()) return true;
  return blocks_->estimates(static_cast<std::size_t>(&kind - kResourceKinds.data()));
}

std::string cost_family(const Platform& platform) {
  return platform.dsp_type == "DSP48E1" ? "xc7" : "xcup";
}

Resources limits(const Platform& platform) {
  return {platform.lut, platform.ff, platform.dsp, platform.bram18, platform.uram};
}

}  // namespace qnnsim
