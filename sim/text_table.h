// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace qnnsim {

/// Columns of text under a title and a unit each, as wide as their widest cell.
class TextTable {
 public:
  enum class Align { kLeft, kRight };
  struct Column {
    std::string title;
    std::string unit;  ///< "[cycles]"; empty where there is none
    Align align = Align::kRight;
  };

  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// One cell a column; missing ones are empty.
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  /// Two header lines and the rows, indented by two spaces, without spaces at the ends of lines.
  std::string render() const;

 private:
  std::vector<std::size_t> widths() const;
  std::string line(const std::vector<std::string>& cells,
                   const std::vector<std::size_t>& widths) const;
  std::vector<std::string> header(std::string Column::*part) const;

  const std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// Text with terminal colours, or as it is.
class Paint {
 public:
  explicit Paint(bool colour) : colour_(colour) {}
  std::string bold(std::string_view text) const { return wrap("1", text); }
  std::string warning(std::string_view text) const { return wrap("33", text); }
  std::string error(std::string_view text) const { return wrap("31;1", text); }

 private:
  std::string wrap(std::string_view code, std::string_view text) const;

  const bool colour_;
};

/// "327.7 us", "1.645 ms" or "2.5 s", to four digits.
std::string format_duration(double microseconds);
/// "3051.8" or, where it is small, "0.7512": [frames / s].
std::string format_rate(double frames_per_second);
/// 100 * part / whole to one decimal; "-" of nothing.
std::string format_percent(double part, double whole);

}  // namespace qnnsim
