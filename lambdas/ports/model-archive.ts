/** Packs and unpacks model files as SageMaker wants them: a gzipped tar. */
export interface ModelArchive {
  /** The bytes depend on nothing but names and contents. */
  pack(files: Readonly<Record<string, Uint8Array>>): Promise<Uint8Array>;
  /**
   * The plain files by name, folders left out. Nothing is written anywhere.
   *
   * @throws CorruptDataError for an archive that is cut short or no gzipped tar, that unpacks to more than 2 GiB, or
   *   that holds a link, a device, a name twice, an absolute name or one with `..`
   */
  unpack(archive: Uint8Array): Promise<ReadonlyMap<string, Uint8Array>>;
}
