// SPDX-License-Identifier: Apache-2.0
#include "sim/constants.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "models/pressure.h"
#include "sim/npy.h"

namespace qnnsim {
namespace {

std::size_t elements(const std::vector<int>& shape) {
  std::size_t result = 1;
  for (const int size : shape) result *= static_cast<std::size_t>(size);
  return result;
}

/// Values drawn evenly from [low, high], for BIPOLAR from -1 and +1.
class Drawing {
 public:
  Drawing(std::uint64_t seed, const DataType& type, std::int64_t low, std::int64_t high)
      : seed_(seed),
        low_(type.is_bipolar() ? -1 : low),
        step_(type.is_bipolar() ? 2 : 1),
        count_(type.is_bipolar() ? 2 : static_cast<std::uint64_t>(high - low) + 1) {}

  /// The upper half of a 64 x 64 bit product: the bias is below count / 2^64.
  Value value(std::uint64_t index) const {
    __extension__ using Wide = unsigned __int128;
    const auto offset = static_cast<std::int64_t>(Wide{draw(seed_, index)} * count_ >> 64);
    return static_cast<Value>(low_ + offset * step_);
  }

 private:
  const std::uint64_t seed_;
  const std::int64_t low_;
  const std::int64_t step_;
  const std::uint64_t count_;
};

/// Calls `visit(begin, end)` for every run along the last dimension.
template <typename Visit>
void for_each_row(Constant& constant, Visit visit) {
  const std::size_t length =
      constant.shape.empty() ? 1 : static_cast<std::size_t>(constant.shape.back());
  for (std::size_t start = 0; start + length <= constant.data.size() && length > 0;
       start += length) {
    visit(constant.data.begin() + static_cast<std::ptrdiff_t>(start),
          constant.data.begin() + static_cast<std::ptrdiff_t>(start + length));
  }
}

Constant draw_constant(const ConstantSpec& spec, std::uint64_t seed) {
  Constant constant{spec.shape, std::vector<Value>(elements(spec.shape))};
  const Drawing drawing(seed, spec.type, spec.draw_low, spec.draw_high);
  for (std::size_t i = 0; i < constant.data.size(); ++i) constant.data[i] = drawing.value(i);
  if (spec.ascending) {
    for_each_row(constant, [](auto begin, auto end) { std::sort(begin, end); });
  }
  return constant;
}

/// Repeats the only row of a leading dimension `times` times.
void broadcast(Constant& constant, int times) {
  const std::vector<Value> row = constant.data;
  for (int i = 1; i < times; ++i) constant.data.insert(constant.data.end(), row.begin(), row.end());
  constant.shape.front() = times;
}

std::string range_text(const DataType& type, bool narrow) {
  if (type.is_bipolar()) return "-1 or +1";
  return fmt::format("{} to {}", type.min() + (narrow ? 1 : 0), type.max());
}

/// A finding for the first value that `type` does not hold, or that is its least one if `narrow`.
bool check_values(const Constant& constant, const DataType& type, bool narrow, const Place& place,
                  Findings& findings) {
  const auto wrong = std::find_if(constant.data.begin(), constant.data.end(), [&](Value value) {
    return !type.holds(value) || (narrow && value == type.min());
  });
  if (wrong == constant.data.end()) return true;
  const auto position = static_cast<std::size_t>(wrong - constant.data.begin());
  findings.add(place, fmt::format("the value {} at {} is no {}{} ({})", *wrong,
                                  index_text(constant.shape, position), narrow ? "narrow " : "",
                                  type.name(), range_text(type, narrow)));
  return false;
}

bool check_ascending(Constant& constant, const Place& place, Findings& findings) {
  std::optional<std::size_t> wrong;
  for_each_row(constant, [&](auto begin, auto end) {
    const auto until = std::is_sorted_until(begin, end);
    if (!wrong && until != end) wrong = static_cast<std::size_t>(until - constant.data.begin());
  });
  if (!wrong) return true;
  findings.add(place,
               fmt::format("the value {} at {} is less than the one before it",
                           constant.data[*wrong], index_text(constant.shape, *wrong)),
               "values must ascend along the last dimension: numpy.sort(array, axis=-1)");
  return false;
}

std::optional<Constant> read_constant(const std::string& layer, const ConstantSpec& spec,
                                      const std::string& path, Findings& findings) {
  const Place place{path, 0, 0};
  std::optional<Constant> constant = load_npy(path, findings);
  if (!constant) return std::nullopt;
  std::vector<int> shared = spec.shape;
  if (!shared.empty()) shared.front() = 1;
  if (constant->shape != spec.shape && constant->shape != shared) {
    findings.add(place, fmt::format("the {} of layer '{}' have the shape {}, not {}", spec.key,
                                    layer, shape_text(spec.shape), shape_text(constant->shape)));
    return std::nullopt;
  }
  if (!check_values(*constant, spec.type, spec.narrow, place, findings)) return std::nullopt;
  if (spec.ascending && !check_ascending(*constant, place, findings)) return std::nullopt;
  if (constant->shape != spec.shape) broadcast(*constant, spec.shape.front());
  return constant;
}

Tensor empty_frame(const TensorShape& shape) {
  return Tensor(shape.height, shape.width, shape.channels);
}

std::vector<Tensor> draw_frames(const TensorShape& shape, std::size_t frames, std::uint64_t seed) {
  const std::int64_t high =
      std::min<std::int64_t>(shape.type.max(), std::numeric_limits<Value>::max());
  const Drawing drawing(derive_seed(seed, "input"), shape.type, shape.type.min(), high);
  std::vector<Tensor> result(frames, empty_frame(shape));
  std::uint64_t index = 0;
  for (Tensor& frame : result) {
    for (Value& value : frame.data) value = drawing.value(index++);
  }
  return result;
}

std::vector<Tensor> read_frames(const Scenario& scenario, Findings& findings) {
  const TensorShape& shape = scenario.network.input;
  const Stimulus& stimulus = scenario.stimulus;
  const Place place{stimulus.input_file, 0, 0};
  const auto file = load_npy(stimulus.input_file, stimulus.input_file_place, findings);
  if (!file) return {};
  const bool fits = file->shape.size() == 4 && file->shape[1] == shape.height &&
                    file->shape[2] == shape.width && file->shape[3] == shape.channels;
  if (!fits) {
    findings.add(place,
                 fmt::format("the input has the shape [frames, {}, {}, {}], not {}", shape.height,
                             shape.width, shape.channels, shape_text(file->shape)));
    return {};
  }
  if (static_cast<std::uint64_t>(file->shape[0]) < stimulus.frames) {
    findings.add(place,
                 fmt::format("the file holds {} of {} frames", file->shape[0], stimulus.frames),
                 "reduce stimulus.frames");
    return {};
  }
  if (!check_values(*file, shape.type, false, place, findings)) return {};
  std::vector<Tensor> result(static_cast<std::size_t>(stimulus.frames), empty_frame(shape));
  auto next = file->data.begin();
  for (Tensor& frame : result) {
    const auto end = next + shape.elements();
    frame.data.assign(next, end);
    next = end;
  }
  return result;
}

}  // namespace

Constants load_constants(const Layer& layer, const Operator& meaning, std::uint64_t seed,
                         Findings& findings) {
  Constants result;
  for (const ConstantSpec& spec : meaning.constants()) {
    const auto path = layer.constant_files.find(spec.key);
    if (path == layer.constant_files.end()) {
      const std::string name = layer.name + "." + spec.key;
      result[spec.key] = draw_constant(spec, derive_seed(seed, name.c_str()));
    } else if (auto constant = read_constant(layer.name, spec, path->second, findings)) {
      result[spec.key] = std::move(*constant);
    }
  }
  return result;
}

std::vector<Tensor> load_frames(const Scenario& scenario, Findings& findings) {
  constexpr std::uint64_t kMostElements = std::uint64_t{1} << 31;
  const TensorShape& shape = scenario.network.input;
  const std::uint64_t frames = scenario.stimulus.frames;
  const auto size = static_cast<std::uint64_t>(shape.elements());
  if (frames > kMostElements / size) {
    findings.add(
        {scenario.path, 0, 0},
        fmt::format("{} frames of {} are too much data to hold", frames, shape.to_string()),
        fmt::format("with data: bit_true, {} frames are the most", kMostElements / size));
    return {};
  }
  if (!scenario.stimulus.input_file.empty()) return read_frames(scenario, findings);
  return draw_frames(shape, static_cast<std::size_t>(frames), scenario.seed);
}

}  // namespace qnnsim
