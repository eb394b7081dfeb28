// SPDX-License-Identifier: Apache-2.0
#include "analysis/resource_fit.h"

#include <fmt/format.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>

#include "analysis/nnls.h"
#include "models/memory_blocks.h"
#include "sim/formula.h"
#include "sim/yaml_reader.h"

namespace qnnsim {
namespace {

/// Below this, an error counts as if there were so many: no point is worth a fraction of a LUT.
constexpr double kLeastCount = 8;

/// The parts of `text` between separators.
std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    if (end > begin) parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

/// The fields of a line of CSV, where quotes stand around a field and twice in it.
std::vector<std::string> fields(const std::string& line) {
  std::vector<std::string> result(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') {
      if (quoted && i + 1 < line.size() && line[i + 1] == '"') {
        result.back() += line[++i];
      } else {
        quoted = !quoted;
      }
    } else if (line[i] == ',' && !quoted) {
      result.emplace_back();
    } else {
      result.back() += line[i];
    }
  }
  return result;
}

/// "18x24x2:lut:rom": see scripts/resource_points.cpp.
KernelMemory parse_memory(const std::string& text) {
  const std::vector<std::string> words = split(text, ':');
  const std::vector<std::string> size = split(words.at(0), 'x');
  const auto flag = [&](const char* word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  KernelMemory memory;
  memory.words = std::stoull(size.at(0));
  memory.bits = std::stoll(size.at(1));
  memory.copies = std::stoll(size.at(2));
  memory.style = words.at(1);
  memory.read_only = flag("rom");
  memory.clocked = !flag("unclocked");
  return memory;
}

/// What one resource of a block is fitted to.
struct Problem {
  Eigen::MatrixXd features;  ///< [points][formulas]
  Eigen::VectorXd counts;    ///< [points] of what the formulas have to explain
  Eigen::VectorXd whole;     ///< [points] of the kernel with its memories

  Eigen::VectorXd solve() const {
    const Eigen::VectorXd weights = whole.cwiseMax(kLeastCount).cwiseInverse();
    return nnls(weights.asDiagonal() * features, weights.cwiseProduct(counts));
  }
  Problem without(Eigen::Index point) const {
    std::vector<Eigen::Index> rest;
    for (Eigen::Index i = 0; i < counts.size(); ++i) {
      if (i != point) rest.push_back(i);
    }
    return {features(rest, Eigen::all), counts(rest), whole(rest)};
  }
};

/// Of the first `own` points, each left out once.
FitError cross_validate(const Problem& problem, Eigen::Index own) {
  FitError error;
  const Eigen::VectorXd whole = problem.whole.head(own);
  double squares = 0;
  for (Eigen::Index i = 0; i < own; ++i) {
    const double predicted = problem.features.row(i) * problem.without(i).solve();
    const double difference = std::abs(predicted - problem.counts(i));
    const double percent = 100 * difference / std::max(whole(i), kLeastCount);
    error.mean_percent += percent / double(own);
    error.worst_percent = std::max(error.worst_percent, percent);
    squares += difference * difference;
  }
  const double variance = (whole.array() - whole.mean()).square().sum();
  error.r2 = variance > 0 ? 1 - squares / variance : 1;
  return error;
}

/// The first `own` of the points are of the family, the others stand in.
std::optional<ResourceFit> fit_one(const std::vector<const ResourceMeasurement*>& points,
                                   std::size_t own, const std::vector<std::string>& texts,
                                   std::int64_t Resources::*count) {
  Problem problem;
  problem.features.resize(Eigen::Index(points.size()), Eigen::Index(texts.size()));
  problem.counts.resize(Eigen::Index(points.size()));
  problem.whole.resize(Eigen::Index(points.size()));
  for (std::size_t row = 0; row < points.size(); ++row) {
    const ResourceMeasurement& point = *points[row];
    problem.counts(Eigen::Index(row)) = double(to_be_explained(point).*count);
    problem.whole(Eigen::Index(row)) = double((point.logic + point.memory).*count);
  }
  for (std::size_t column = 0; column < texts.size(); ++column) {
    const Formula formula(texts[column]);
    for (std::size_t row = 0; row < points.size(); ++row) {
      problem.features(Eigen::Index(row), Eigen::Index(column)) = formula(points[row]->traits);
    }
  }
  if (texts.empty() || problem.counts.isZero()) return std::nullopt;
  ResourceFit fit;
  const Eigen::VectorXd factors = problem.solve();
  for (std::size_t column = 0; column < texts.size(); ++column) {
    const double factor = factors(Eigen::Index(column));
    if (factor >= 5e-5) fit.terms.emplace_back(texts[column], factor);
  }
  fit.error = cross_validate(problem, own > 0 ? Eigen::Index(own) : problem.counts.size());
  return fit;
}

struct Points {
  std::vector<const ResourceMeasurement*> all;
  std::size_t own = 0;  ///< the first ones
};

/// The points of a block in a family; where it lacks one, that of the other family stands in.
Points points_of(const std::vector<ResourceMeasurement>& measurements, const std::string& block,
                 const std::string& family) {
  Points points;
  std::set<std::string> measured;
  for (const ResourceMeasurement& one : measurements) {
    if (one.block != block || one.family != family) continue;
    points.all.push_back(&one);
    measured.insert(one.parameters);
  }
  points.own = points.all.size();
  for (const ResourceMeasurement& one : measurements) {
    if (one.block == block && measured.insert(one.parameters).second) points.all.push_back(&one);
  }
  return points;
}

std::string yaml_terms(const char* kind, const ResourceFit& fit) {
  std::string text = fmt::format("    {}:\n", kind);
  for (const auto& [formula, factor] : fit.terms) {
    text += fmt::format("      \"{}\": {:.4f}\n", formula, factor);
  }
  return text;
}

std::string yaml_error(const ResourceFit& fit) {
  return fmt::format("{{mean_percent: {:.1f}, worst_percent: {:.1f}, r2: {:.3f}}}",
                     fit.error.mean_percent, fit.error.worst_percent, fit.error.r2);
}

/// Each resource of a fit that there is, with its key.
template <typename Function>
void for_each(const BlockFit& fit, Function function) {
  if (fit.lut) function("lut", *fit.lut);
  if (fit.ff) function("ff", *fit.ff);
  if (fit.dsp) function("dsp", *fit.dsp);
}

}  // namespace

std::vector<ResourceMeasurement> read_measurements(const std::string& csv_text) {
  const std::vector<std::string> lines = split(csv_text, '\n');
  std::vector<ResourceMeasurement> measurements;
  const std::vector<std::string> header = fields(lines.at(0));
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string> values = fields(lines[i]);
    std::map<std::string, std::string> row;
    for (std::size_t column = 0; column < header.size(); ++column) {
      row[header[column]] = values.at(column);
    }
    const auto number = [&row](const char* column) { return std::stoll(row.at(column)); };
    ResourceMeasurement one;
    one.block = row.at("block");
    one.family = row.at("family");
    one.parameters = row.at("parameters");
    for (const std::string& trait : split(row.at("traits"), ' ')) {
      const std::size_t equals = trait.find('=');
      one.traits[trait.substr(0, equals)] = std::stoll(trait.substr(equals + 1));
    }
    for (const std::string& memory : split(row.at("memories"), ' ')) {
      one.memories.push_back(parse_memory(memory));
    }
    one.logic.lut = number("lut") + number("srl") + number("inverters");
    one.logic.ff = number("ff");
    one.logic.dsp = number("dsp");
    one.memory.lut = number("lutram");
    one.memory.bram18 = number("bram18");
    one.memory.uram = number("uram");
    measurements.push_back(std::move(one));
  }
  return measurements;
}

std::vector<ResourceFeatures> load_features(const std::string& path, Findings& findings) {
  std::vector<ResourceFeatures> features;
  const YamlPtr root = load_yaml(path, {path, 0, 0}, findings);
  if (!root) return features;
  YamlReader reader(root, "the features", findings);
  for (YamlReader& block : reader.maps("blocks", "a block")) {
    ResourceFeatures one;
    one.block = block.text("block");
    for (const auto& [key, list] : {std::pair{"lut", &one.lut}, {"ff", &one.ff}, {"dsp", &one.dsp}})
      for (const PlacedText& formula : block.texts(key)) list->push_back(formula.text);
    block.finish();
    features.push_back(std::move(one));
  }
  reader.finish();
  return features;
}

Resources to_be_explained(const ResourceMeasurement& measurement) {
  Resources rest = measurement.logic + measurement.memory;
  const LutRam packing = measurement.family == "xc7" ? LutRam::kQuads : LutRam::kOctets;
  for (const KernelMemory& memory : measurement.memories) {
    const Resources counted = memory_blocks(memory, packing);
    rest.lut -= counted.lut;
    rest.ff -= counted.ff;
  }
  const auto dsps = measurement.traits.find("dsps");
  if (dsps != measurement.traits.end()) rest.dsp -= dsps->second;
  return rest;
}

std::vector<BlockFit> fit(const std::vector<ResourceMeasurement>& measurements,
                          const std::vector<ResourceFeatures>& features) {
  std::vector<BlockFit> fits;
  for (const ResourceFeatures& block : features) {
    for (const char* family : {"xc7", "xcup"}) {
      const Points points = points_of(measurements, block.block, family);
      if (points.all.size() < 2) continue;
      fits.push_back({block.block, family, points.own, points.all.size() - points.own,
                      fit_one(points.all, points.own, block.lut, &Resources::lut),
                      fit_one(points.all, points.own, block.ff, &Resources::ff),
                      fit_one(points.all, points.own, block.dsp, &Resources::dsp)});
    }
  }
  return fits;
}

std::string to_yaml(const std::vector<BlockFit>& fits) {
  std::string text =
      "# configs/costs/measured.yaml: what our kernels take, fitted to measurements.csv by\n"
      "# scripts/measure_resources; docs/resources.md. Not to be edited.\n"
      "costs: measured\n"
      "counted: true                              # memories and DSP slices by rules, besides\n"
      "fifo_srl_depth: 32\n"
      "source: \"Yosys 0.23, synth_xilinx, of rtl/; non-negative least squares\"\n"
      "blocks:\n";
  for (const BlockFit& fit : fits) {
    text += fmt::format("  - block: {}\n    family: {}\n", fit.block, fit.family);
    for_each(fit, [&](const char* kind, const ResourceFit& one) { text += yaml_terms(kind, one); });
    text += fmt::format("    points: {}\n", fit.points);
    if (fit.stand_ins > 0) text += fmt::format("    stand_ins: {}\n", fit.stand_ins);
    text += "    error:                                 # of points left out of the fit\n";
    for_each(fit, [&](const char* kind, const ResourceFit& one) {
      text += fmt::format("      {}: {}\n", kind, yaml_error(one));
    });
  }
  return text;
}

std::string error_table(const std::vector<BlockFit>& fits) {
  std::string text =
      "| block | family | points | resource | mean error [%] | worst [%] | R2 |\n"
      "|---|---|---:|---|---:|---:|---:|\n";
  for (const BlockFit& fit : fits) {
    for_each(fit, [&](const char* kind, const ResourceFit& one) {
      text += fmt::format("| {} | {} | {} | {} | {:.1f} | {:.1f} | {:.3f} |\n", fit.block,
                          fit.family, fit.points, kind, one.error.mean_percent,
                          one.error.worst_percent, one.error.r2);
    });
  }
  return text;
}

}  // namespace qnnsim
