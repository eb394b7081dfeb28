// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/beat_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "sim/cosim/wire_bits.h"
#include "sim/input_file.h"
#include "sim/npy.h"

namespace qnnsim {
namespace {

/// The value of a hexadecimal digit; -1 of any other character.
int digit_value(char c) {
  static const std::string digits = "0123456789abcdef";
  const std::size_t found = digits.find(static_cast<char>(c | 0x20));
  if (c >= '0' && c <= '9') return c - '0';
  return found == std::string::npos || found < 10 ? -1 : static_cast<int>(found);
}

/// Reads beats in hexadecimal, one a line; what follows '#' is a comment.
class HexReader {
 public:
  HexReader(const std::string& path, int width_bits, Findings& findings)
      : path_(path), width_bits_(width_bits), findings_(findings) {}

  std::vector<std::uint64_t> read(const std::string& text) {
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
      ++line_;
      line.resize(std::min(line.size(), line.find('#')));
      const std::size_t first = line.find_first_not_of(" \t\r");
      if (first == std::string::npos) continue;
      read_beat(line.substr(first, line.find_last_not_of(" \t\r") + 1 - first), first);
    }
    return std::move(words_);
  }

 private:
  void read_beat(const std::string& digits, std::size_t column) {
    const Place place{path_, line_, static_cast<int>(column) + 1};
    const std::size_t start = words_.size();
    words_.resize(start + words_for(width_bits_));
    std::int64_t bit = 0;
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, bit += 4) {
      const int value = digit_value(*digit);
      if (value < 0) {
        findings_.add(place, fmt::format("'{}' is no hexadecimal number", digits.substr(0, 40)),
                      "one beat a line, without prefix");
        return;
      }
      const std::int64_t room = width_bits_ - bit;
      if (room < 4 && value >> std::max<std::int64_t>(room, 0) != 0) {
        findings_.add(place,
                      fmt::format("the beat has more than the {} bits of TDATA", width_bits_));
        return;
      }
      if (room <= 0) continue;
      words_[start + bit / 64] |= static_cast<std::uint64_t>(value) << (bit % 64);
    }
  }

  const std::string path_;
  const int width_bits_;
  Findings& findings_;
  int line_ = 0;
  std::vector<std::uint64_t> words_;
};

std::vector<std::uint64_t> load_hex(const StreamStimulus& stimulus, int width_bits,
                                    Findings& findings) {
  const auto text = read_file(stimulus.data_file, stimulus.data_file_place, findings);
  return text ? HexReader(stimulus.data_file, width_bits, findings).read(*text)
              : std::vector<std::uint64_t>{};
}

std::vector<std::uint64_t> load_elements(const StreamStimulus& stimulus, std::size_t words,
                                         int lanes, Findings& findings) {
  const Place place{stimulus.data_file, 0, 0};
  if (!stimulus.type) {
    findings.add(stimulus.data_file_place, "a .npy file needs the 'type' of its elements");
    return {};
  }
  const auto array = load_npy(stimulus.data_file, stimulus.data_file_place, findings);
  if (!array) return {};
  if (array->shape.size() != 2 || array->shape[1] != lanes) {
    findings.add(place, fmt::format("the beats have the shape [beats, {}], not {}", lanes,
                                    shape_text(array->shape)));
    return {};
  }
  const auto wrong = std::find_if(array->data.begin(), array->data.end(),
                                  [&](Value value) { return !stimulus.type->holds(value); });
  if (wrong != array->data.end()) {
    const auto position = static_cast<std::size_t>(wrong - array->data.begin());
    findings.add(place, fmt::format("the value {} at {} is no {}", *wrong,
                                    index_text(array->shape, position), stimulus.type->name()));
    return {};
  }
  const auto beats = static_cast<std::size_t>(array->shape[0]);
  std::vector<std::uint64_t> result(beats * words);
  for (std::size_t beat = 0; beat < beats; ++beat) {
    pack_lanes(&array->data[beat * lanes], lanes, *stimulus.type, &result[beat * words]);
  }
  return result;
}

}  // namespace

BeatData::BeatData(const StreamStimulus& stimulus, int width_bits, std::uint64_t seed,
                   Findings& findings)
    : words_(words_for(width_bits)), drawn_bits_(width_bits), seed_(seed), beats_(stimulus.beats) {
  int lanes = 1;
  if (stimulus.type) {
    const int bits = stimulus.type->bits();
    lanes = stimulus.lanes.value_or(width_bits / bits);
    drawn_bits_ = lanes * bits;
    if (lanes == 0 || std::int64_t{lanes} * bits > width_bits) {
      findings.add(stimulus.place,
                   fmt::format("{} x {} are more than the {} bits of TDATA", std::max(lanes, 1),
                               stimulus.type->name(), width_bits));
      drawn_bits_ = width_bits;
      return;
    }
  }
  if (!stimulus.data_file.empty()) load(stimulus, width_bits, lanes, findings);
}

void BeatData::load(const StreamStimulus& stimulus, int width_bits, int lanes, Findings& findings) {
  const bool is_npy = std::filesystem::path(stimulus.data_file).extension() == ".npy";
  const std::size_t before = findings.all().size();
  loaded_ = is_npy ? load_elements(stimulus, words_, lanes, findings)
                   : load_hex(stimulus, width_bits, findings);
  if (findings.all().size() != before) return;
  const std::uint64_t there = loaded_.size() / words_;
  if (there == 0) {
    findings.add(stimulus.data_file_place, "the file has no beats");
  } else if (beats_.value_or(there) > there) {
    findings.add(stimulus.place, fmt::format("the file holds {} of {} beats", there, *beats_),
                 "reduce 'beats', or leave it out");
  }
  beats_ = beats_.value_or(there);
}

void BeatData::write(std::uint64_t index, std::uint64_t* words) const {
  if (!loaded_.empty()) {
    std::copy_n(&loaded_[index * words_], words_, words);
    return;
  }
  int bits = drawn_bits_;
  for (std::size_t i = 0; i < words_; ++i, bits = std::max(bits - 64, 0)) {
    words[i] = bits == 0 ? 0 : draw(seed_, index * words_ + i) >> (64 - std::min(bits, 64));
  }
}

}  // namespace qnnsim
