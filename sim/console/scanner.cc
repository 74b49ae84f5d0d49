// SPDX-License-Identifier: Apache-2.0
#include "sim/console/scanner.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace rds_csi::sim {
namespace {

// What ends an unquoted value wherever it stands.
constexpr std::string_view kBareWordEnds = " \t\r\n;[](){}\"$#";

}  // namespace

bool IsNameCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
}

char Scanner::Peek(size_t ahead) const {
  return position_ + ahead < text_.size() ? text_[position_ + ahead] : '\0';
}

char Scanner::Next() {
  const char c = Peek();
  if (!AtEnd()) ++position_;
  return c;
}

void Scanner::SkipBlanks() {
  while (Peek() == ' ' || Peek() == '\t' || Peek() == '\r') ++position_;
}

bool Scanner::Take(std::string_view expected) {
  if (text_.substr(std::min(position_, text_.size()), expected.size()) != expected) return false;
  position_ += expected.size();
  return true;
}

std::string Scanner::TakeName() {
  const size_t start = position_;
  if (Peek() == '.') ++position_;  // .id
  while (IsNameCharacter(Peek()) || (Peek() == '.' && position_ > start)) ++position_;
  return std::string(text_.substr(start, position_ - start));
}

std::string Scanner::TakeBareWord(std::string_view also_ends_at) {
  const size_t start = position_;
  while (!AtEnd() && kBareWordEnds.find(Peek()) == std::string_view::npos &&
         also_ends_at.find(Peek()) == std::string_view::npos) {
    ++position_;
  }
  return std::string(text_.substr(start, position_ - start));
}

bool Scanner::AtStatementEnd() const {
  const char c = Peek();
  return AtEnd() || c == ';' || c == '\n' || c == ']' || c == '}' || c == ')';
}

std::string Scanner::Where(size_t position) const {
  const std::string_view before = text_.substr(0, std::min(position, text_.size()));
  const size_t newline = before.rfind('\n');
  const size_t column = newline == std::string_view::npos ? position + 1 : position - newline;
  return fmt::format("(line {} column {})", 1 + std::count(before.begin(), before.end(), '\n'),
                     column);
}

absl::Status Scanner::SyntaxError(size_t position) const {
  return absl::InvalidArgumentError("syntax error " + Where(position));
}

absl::Status Scanner::ExpectedEnd(size_t position) const {
  return absl::InvalidArgumentError("expected end of command " + Where(position));
}

absl::Status Scanner::BadCommand(std::string_view name, size_t position) const {
  return absl::InvalidArgumentError(fmt::format("bad command name {} {}", name, Where(position)));
}

}  // namespace rds_csi::sim
