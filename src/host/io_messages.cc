// SPDX-License-Identifier: Apache-2.0
#include "host/io_messages.h"

#include <cstdint>
#include <cstring>
#include <iterator>
#include <optional>
#include <utility>

#include "base/text.h"

namespace rds_csi {
namespace {

using Number = uint32_t;
using Texts = std::vector<std::string>;

void AppendNumber(size_t value, std::string& bytes) {
  const auto number = static_cast<Number>(value);
  bytes.append(reinterpret_cast<const char*>(&number), sizeof(number));
}

// Takes a number off the front of `bytes`.
std::optional<size_t> TakeNumber(std::string_view& bytes) {
  Number number = 0;
  if (bytes.size() < sizeof(number)) return std::nullopt;
  std::memcpy(&number, bytes.data(), sizeof(number));
  bytes.remove_prefix(sizeof(number));
  return number;
}

std::string Format(const Texts& texts) {
  std::string body;
  for (const std::string& text : texts) {
    AppendNumber(text.size(), body);
    body += text;
  }
  std::string bytes;
  AppendNumber(body.size(), bytes);
  return bytes + body;
}

std::optional<Texts> FindTexts(std::string_view body) {
  Texts texts;
  while (!body.empty()) {
    const std::optional<size_t> size = TakeNumber(body);
    if (!size || *size > body.size()) return std::nullopt;
    texts.emplace_back(body.substr(0, *size));
    body.remove_prefix(*size);
  }
  return texts;
}

Arrival Parse(std::string_view bytes, Texts& texts) {
  const std::optional<size_t> size = TakeNumber(bytes);
  if (!size) return Arrival::kPartial;
  if (*size > kIoMessageLimit || bytes.size() > *size) return Arrival::kBroken;
  if (bytes.size() < *size) return Arrival::kPartial;
  std::optional<Texts> found = FindTexts(bytes);
  if (!found) return Arrival::kBroken;
  texts = *std::move(found);
  return Arrival::kWhole;
}

}  // namespace

std::string FormatIoRequest(const IoRequest& request) {
  Texts texts = {request.input};
  texts.insert(texts.end(), request.words.begin(), request.words.end());
  return Format(texts);
}

std::string FormatIoAnswer(const ExecResult& answer) {
  return Format({std::to_string(answer.exit_code), answer.output, answer.errors});
}

Arrival ParseIoRequest(std::string_view bytes, IoRequest& request) {
  Texts texts;
  if (const Arrival arrival = Parse(bytes, texts); arrival != Arrival::kWhole) return arrival;
  if (texts.empty()) return Arrival::kBroken;
  request.input = std::move(texts.front());
  request.words.assign(std::make_move_iterator(texts.begin() + 1),
                       std::make_move_iterator(texts.end()));
  return Arrival::kWhole;
}

Arrival ParseIoAnswer(std::string_view bytes, ExecResult& answer) {
  Texts texts;
  if (const Arrival arrival = Parse(bytes, texts); arrival != Arrival::kWhole) return arrival;
  if (texts.size() != 3) return Arrival::kBroken;
  const std::optional<int64_t> code = ParseInt64(texts[0]);
  if (!code || *code < 0 || *code > 255) return Arrival::kBroken;
  answer = {.exit_code = static_cast<int>(*code),
            .output = std::move(texts[1]),
            .errors = std::move(texts[2])};
  return Arrival::kWhole;
}

}  // namespace rds_csi
