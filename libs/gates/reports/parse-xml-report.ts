import { isSluiceError } from '#domain/errors.js';
import { createReportInvalid } from './report-error.js';
import { type Scan, scanXml } from './scan-xml.js';
import type { XmlElement } from './xml.js';

/** Goes through a report in XML. Throws SluiceError `report-invalid`, and what visiting throws. */
export function parseXmlReport(format: string, text: string, scan: Scan): XmlElement {
  try {
    return scanXml(text, scan);
  } catch (error) {
    if (isSluiceError(error)) throw error;
    const why = error instanceof Error ? error.message.slice(0, 300) : 'it is damaged';
    throw createReportInvalid(format, `${why}.`, error);
  }
}
