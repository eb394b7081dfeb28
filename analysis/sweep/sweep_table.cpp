// SPDX-License-Identifier: Apache-2.0
#include "analysis/sweep/sweep_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/text_lines.h"
#include "sim/text_table.h"
#include "sim/yaml_text.h"

namespace qnnsim {
namespace {

using Json = nlohmann::ordered_json;
using Align = TextTable::Align;

/// Points in the text unless all are asked for.
constexpr std::size_t kPointsShown = 40;
constexpr std::size_t kReasonsShown = 10;

/// A word that is a number or a truth value is one in JSON too.
Json json_of(const YamlPtr& value) {
  if (value->kind == YamlValue::Kind::kNull) return nullptr;
  if (value->kind != YamlValue::Kind::kScalar) return yaml_line(value);
  const Json parsed = value->quoted ? Json() : Json::parse(value->text, nullptr, false);
  return parsed.is_number() || parsed.is_boolean() ? parsed : Json(value->text);
}

Json row_of(const Study& study, std::size_t index, const Journal& journal) {
  const SweepPoint& point = study.points[index];
  const PointRecord* record = journal.find(point);
  Json row = {{"point", index + 1}};
  for (const std::string& key : study.keys) row[key] = nullptr;
  for (const Setting& setting : point.settings) row[setting.key] = json_of(setting.value);
  row["status"] = record == nullptr ? "missing" : record->done() ? "done" : "failed";
  for (std::size_t i = 0; i < study.columns.size(); ++i) {
    row[study.columns[i]] = record == nullptr ? Json() : record->values[i];
  }
  const bool failed = record != nullptr && !record->done();
  row["reason"] = failed ? Json(record->reason) : Json();
  return row;
}

std::string plain(const Json& value) {
  if (value.is_null()) return {};
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string cell = "\"";
  for (const char c : text) cell += c == '"' ? "\"\"" : std::string(1, c);
  return cell + '"';
}

std::string csv_line(const std::vector<std::string>& cells) {
  std::string line;
  for (const std::string& cell : cells) line += (line.empty() ? "" : ",") + csv_cell(cell);
  return line + '\n';
}

class SweepText : TextLines {
 public:
  std::string render(const Study& study, const Json& rows, const SweepCount& counts,
                     bool all_points) {
    line("study       {}: {} points", study.name, counts.points);
    line("");
    points(study, rows, all_points);
    failures(rows);
    line("");
    line("points      {} done, {} failed, {} missing; {} of an earlier sweep", counts.done,
         counts.failed, counts.missing(), counts.kept);
    return std::move(text_);
  }

 private:
  static std::string shown(const Json& value) {
    if (value.is_null()) return "-";
    return value.is_number_float() ? fmt::format("{:.6g}", value.get<double>()) : plain(value);
  }

  void points(const Study& study, const Json& rows, bool all_points) {
    std::vector<std::string> titles = {"point"};
    titles.insert(titles.end(), study.keys.begin(), study.keys.end());
    titles.emplace_back("status");
    titles.insert(titles.end(), study.columns.begin(), study.columns.end());
    std::vector<TextTable::Column> columns;
    for (const std::string& title : titles) {
      const bool has_words = std::any_of(rows.begin(), rows.end(),
                                         [&](const Json& row) { return row[title].is_string(); });
      columns.push_back({title, "", has_words ? Align::kLeft : Align::kRight});
    }
    TextTable table(std::move(columns));
    const std::size_t most = all_points ? rows.size() : kPointsShown;
    for (std::size_t i = 0; i < rows.size() && i < most; ++i) {
      std::vector<std::string> cells;
      for (const std::string& title : titles) cells.push_back(shown(rows[i][title]));
      table.add(std::move(cells));
    }
    text_ += table.render();
    if (rows.size() > most) {
      line("  ... {} more points: table.csv has them, --all-points prints them",
           rows.size() - most);
    }
  }

  void failures(const Json& rows) {
    std::size_t failed = 0;
    for (const Json& row : rows) {
      if (row["reason"].is_null() || ++failed > kReasonsShown) continue;
      if (failed == 1) line("\nfailed");
      line("  point {}: {}", row["point"].dump(), row["reason"].get<std::string>());
    }
    if (failed > kReasonsShown) line("  ... {} more", failed - kReasonsShown);
  }
};

}  // namespace

Json sweep_rows(const Study& study, const Journal& journal) {
  Json rows = Json::array();
  for (std::size_t i = 0; i < study.points.size(); ++i) rows.push_back(row_of(study, i, journal));
  return rows;
}

std::string rows_csv(const Study& study, const Json& rows) {
  std::vector<std::string> titles = {"point"};
  titles.insert(titles.end(), study.keys.begin(), study.keys.end());
  titles.emplace_back("status");
  titles.insert(titles.end(), study.columns.begin(), study.columns.end());
  titles.emplace_back("reason");
  std::string text = csv_line(titles);
  for (const Json& row : rows) {
    std::vector<std::string> cells;
    for (const std::string& title : titles) cells.push_back(plain(row[title]));
    text += csv_line(cells);
  }
  return text;
}

std::string rows_jsonl(const Json& rows) {
  std::string text;
  for (const Json& row : rows) text += row.dump() + '\n';
  return text;
}

std::string sweep_text(const Study& study, const Json& rows, const SweepCount& counts,
                       bool all_points) {
  return SweepText().render(study, rows, counts, all_points);
}

}  // namespace qnnsim
