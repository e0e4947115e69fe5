#include "usage/usage_report.h"

#include <algorithm>

#include "base/utf8.h"

namespace sluice::usage {
namespace {

constexpr Dimension kDimensions[] = {Dimension::hour,  Dimension::day,    Dimension::identity, Dimension::acts_for, Dimension::database,
                                     Dimension::table, Dimension::column, Dimension::tag,      Dimension::use,      Dimension::masked};
constexpr std::string_view kCounts[] = {"statements", "rows", "values", "bytes"};

std::vector<std::string> header_of(const UsageReport& report) {
  std::vector<std::string> header;
  for (const Dimension dimension : report.group_by) header.emplace_back(to_text(dimension));
  for (const std::string_view name : kCounts) header.emplace_back(name);
  return header;
}

std::vector<std::string> cells_of(const UsageLine& line) {
  std::vector<std::string> cells = line.group;
  const UsageCounts& counts = line.counts;
  for (const std::uint64_t count : {counts.statements, counts.rows, counts.values, counts.bytes}) cells.push_back(std::to_string(count));
  return cells;
}

std::string csv_cell(const std::string& text) {
  // A spreadsheet would take these for a formula.
  const bool formula = !text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos;
  std::string cell = formula ? "'" + text : text;
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) {
    if (c == '"') quoted.push_back('"');
    quoted.push_back(c);
  }
  return quoted + "\"";
}

std::string csv_line(const std::vector<std::string>& cells) {
  std::string line;
  for (const std::string& cell : cells) {
    if (&cell != &cells.front()) line.push_back(',');
    line += csv_cell(cell);
  }
  return line + "\r\n";
}

std::string json_string(std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string quoted = "\"";
  while (!text.empty()) {
    char32_t code = 0;
    const std::size_t length = front_code_point(text, code);
    if (length == 0) {
      quoted += "\xEF\xBF\xBD";
    } else if (code < 0x20) {
      quoted += "\\u00";
      quoted.push_back(kDigits[code >> 4]);
      quoted.push_back(kDigits[code & 15]);
    } else {
      if (code == '"' || code == '\\') quoted.push_back('\\');
      quoted.append(text.substr(0, length));
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return quoted + "\"";
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

UsageCounts& UsageCounts::operator+=(const UsageCounts& other) {
  statements += other.statements;
  rows += other.rows;
  values += other.values;
  bytes += other.bytes;
  return *this;
}

std::string_view to_text(Dimension dimension) {
  switch (dimension) {
    case Dimension::hour: return "hour";
    case Dimension::day: return "day";
    case Dimension::identity: return "identity";
    case Dimension::acts_for: return "acts_for";
    case Dimension::database: return "database";
    case Dimension::table: return "table";
    case Dimension::column: return "column";
    case Dimension::tag: return "tag";
    case Dimension::use: return "use";
    case Dimension::masked: return "masked";
  }
  return "identity";
}

std::optional<Dimension> dimension_from_text(std::string_view text) {
  for (const Dimension dimension : kDimensions) {
    if (to_text(dimension) == text) return dimension;
  }
  return std::nullopt;
}

std::string to_csv(const UsageReport& report) {
  std::string text = csv_line(header_of(report));
  for (const UsageLine& line : report.lines) text += csv_line(cells_of(line));
  return text;
}

std::string to_json(const UsageReport& report) {
  std::string text = "{\"group_by\":[";
  for (const Dimension dimension : report.group_by) {
    if (text.back() != '[') text.push_back(',');
    text += json_string(to_text(dimension));
  }
  text += "],\"lines\":[";
  const std::vector<std::string> header = header_of(report);
  for (const UsageLine& line : report.lines) {
    if (text.back() != '[') text.push_back(',');
    const std::vector<std::string> cells = cells_of(line);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      text += i == 0 ? "{" : ",";
      text += json_string(header[i]) + ":" + (i < line.group.size() ? json_string(cells[i]) : cells[i]);
    }
    text.push_back('}');
  }
  return text + "]}";
}

std::string to_table(const UsageReport& report) {
  std::vector<std::vector<std::string>> rows{header_of(report)};
  for (const UsageLine& line : report.lines) rows.push_back(cells_of(line));
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], characters(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    std::string out;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - characters(row[i]), ' ');
      const bool number = i >= report.group_by.size();
      out += (i == 0 ? "" : "  ") + (number ? padding + row[i] : row[i] + padding);
    }
    text += out.substr(0, out.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

}  // namespace sluice::usage
